import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { services } from '#catalogue';
import { overlay } from './choose.ts';

const root = join(import.meta.dirname, '..', '..');
const digest = (digit: number): string => `sha256:${String(digit).repeat(64)}`;
const names = services.map(({ name }) => name);
const all = (digit: number): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, digest(digit)]));

/** Answers as GitHub's CLI, from files beside it; what is not there is not found. */
const gh = `#!/bin/sh
folder=$(dirname "$0")
case "$1" in
  api) cat "$folder/$(echo "$2" | tr '/?&=' '----')" ;;
  run) cp "$folder/run-$3.json" "\${9}/digests.json" ;;
esac
`;

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'clinic-rollback-'));
  writeFileSync(join(folder, 'gh'), gh, { mode: 0o755 });
  writeFileSync(join(folder, 'pulumi'), '#!/bin/sh\ncat "$(dirname "$0")/outputs.json"\n', { mode: 0o755 });
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  runs({ id: 9, head_branch: 'main' });
  runsOn(all(3));
});

interface Listed {
  id: number;
  head_branch?: string;
  event?: string;
  fork?: boolean;
  expired?: boolean;
  digests?: unknown;
}

/** What GitHub lists, newest first, and what each run has left behind. */
function runs(...listed: Listed[]): void {
  const workflow_runs = listed.map(({ id, head_branch = 'main', event = 'push', fork = false }) => {
    const repository = { id: 1 };
    return { id, event, head_branch, repository, head_repository: { id: fork ? 2 : 1 } };
  });
  const answered = (path: string, answer: object): void => {
    writeFileSync(join(folder, `repos-org-clinic-actions-${path}`), JSON.stringify(answer));
  };
  answered('workflows-deploy.yml-runs-branch-main-per_page-100', { workflow_runs });
  for (const { id, expired = false, digests } of listed) {
    const artifacts = digests === undefined ? [] : [{ name: 'verified-prod', expired }];
    answered(`runs-${id}-artifacts-name-verified-prod`, { artifacts });
    if (digests !== undefined) writeFileSync(join(folder, `run-${id}.json`), JSON.stringify(digests));
  }
}

function runsOn(digests: Record<string, string>): void {
  const images: Record<string, string> = {};
  for (const [name, ran] of Object.entries(digests)) images[name] = `registry/clinic-prod/${name}@${ran}`;
  writeFileSync(join(folder, 'outputs.json'), JSON.stringify({ images }));
}

/** The tool as the workflow runs it: the digests that it writes, and what it says. */
async function rollback(): Promise<{ digests: unknown; said: string }> {
  const to = join(folder, 'digests.json');
  const tool = ['--conditions=source', 'tools/verified-digests.ts', '--stack', 'prod', '--to', to];
  const { stdout } = await promisify(execFile)(process.execPath, tool, {
    cwd: root,
    env: { PATH: `${folder}:/usr/bin:/bin`, GITHUB_REPOSITORY: 'org/clinic' },
  });
  return { digests: JSON.parse(readFileSync(to, 'utf8')), said: stdout };
}

describe('a rollback goes to', () => {
  it('the newest digests that were verified and do not run', async () => {
    runs({ id: 9 }, { id: 8, digests: all(3) }, { id: 7, digests: all(2) }, { id: 6, digests: all(1) });
    const { digests, said } = await rollback();
    expect(digests).toEqual(all(2));
    expect(said).toMatch(/^back to what run 7 verified\n/);
  });

  it('nothing that a branch, a pull request or a fork has left under the same name', async () => {
    runs(
      { id: 9, digests: all(6), head_branch: 'feature' },
      { id: 8, digests: all(7), event: 'pull_request' },
      { id: 7, digests: all(8), fork: true },
      { id: 6, digests: all(2), event: 'workflow_dispatch' },
    );
    expect((await rollback()).digests).toEqual(all(2));
  });

  it('nothing that is no longer kept', async () => {
    runs({ id: 8, digests: all(2), expired: true }, { id: 7, digests: all(1) });
    expect((await rollback()).digests).toEqual(all(1));
  });

  it('what a service that was added since runs now, and says so', async () => {
    const [added = '', ...older] = names;
    runs({ id: 7, digests: Object.fromEntries(older.map((name) => [name, digest(2)])) });
    const { digests, said } = await rollback();
    expect(digests).toEqual({ ...all(2), [added]: digest(3) });
    expect(said).toContain(`${added} keeps ${digest(3)}: it was not there yet`);
  });

  it('no service that has gone since', async () => {
    runs({ id: 7, digests: { ...all(2), gone: digest(2) } });
    expect((await rollback()).digests).toEqual(all(2));
  });

  it('nowhere, and says so, when nothing else was verified', async () => {
    runs({ id: 8, digests: all(3) }, { id: 7 });
    await expect(rollback()).rejects.toThrow(/no run of the last 90 days on main has verified prod on other/);
  });

  it('nowhere, when what was left is no digests', async () => {
    runs({ id: 7, digests: { patient: 'latest' } });
    await expect(rollback()).rejects.toThrow(/is no JSON object of digests \(sha256:\.\.\.\) by service/);
  });
});

it('a service that neither was verified nor runs is named', () => {
  expect(() => overlay(['patient', 'billing'], { patient: digest(1) }, {})).toThrow(
    'billing: neither verified then nor running now',
  );
});
