import { afterEach, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { services } from '#catalogue';
import { standIns, type Answer, type StandIns } from './stand-ins.fixtures.ts';

const root = join(import.meta.dirname, '..');
const digest = (of: string): string => `sha256:${of.repeat(64)}`;
const image = (of: string): string => `123456789012.dkr.ecr.eu-central-1.amazonaws.com/clinic-dev/it@${of}`;

interface Outcome {
  readonly code: number;
  readonly said: string;
  /** What Pulumi was asked to do. */
  readonly calls: readonly string[][];
}

let pulumi: StandIns | undefined;
let directory: string | undefined;
afterEach(async () => {
  await pulumi?.close();
  if (directory !== undefined) await rm(directory, { recursive: true, force: true });
});

/** Runs the tool beside a Pulumi that answers so, with a file of digests if there is to be one. */
async function run(answers: readonly Answer[], args: readonly string[], digests?: string): Promise<Outcome> {
  const stood = (pulumi = await standIns({ pulumi: answers }));
  directory = await mkdtemp(join(tmpdir(), 'clinic-digests-'));
  const file = join(directory, 'digests.json');
  if (digests !== undefined) await writeFile(file, digests);
  const words = ['--conditions=source', 'tools/stack-digests.ts', ...args];
  if (digests !== undefined) words.push('--digests', file);
  const env = { PATH: stood.path, PULUMI_ACCESS_TOKEN: 'token' };
  return new Promise((resolve) => {
    execFile(process.execPath, words, { cwd: root, env }, (error, stdout, stderr) => {
      const code = error === null ? 0 : Number(error.code);
      void stood.calls().then((calls) => {
        resolve({ code, said: stdout + stderr, calls });
      });
    });
  });
}

const outputs = (images: object): Answer => ({
  to: /^pulumi stack output/,
  says: JSON.stringify({ images }),
});
const set: Answer = { to: /^pulumi config set/ };
const names = services.map(({ name }) => name);
const setting = (name: string, value: string): string[] => [
  'pulumi',
  ...['config', 'set', '--stack', 'dev', '--path', `clinic:imageDigests.${name}`, value, '--non-interactive'],
];

describe('the digests of a stack', () => {
  it('are named for each service of the catalogue as a file has them', async () => {
    const given = Object.fromEntries(names.map((name, index) => [name, digest(String(index + 1))]));
    const { code, said, calls } = await run([set], ['--stack', 'dev'], JSON.stringify(given));
    expect([code, said]).toEqual([
      0,
      names.map((name, index) => `${name} ${digest(String(index + 1))}\n`).join(''),
    ]);
    expect(calls).toEqual(names.map((name, index) => setting(name, digest(String(index + 1)))));
  });

  it('are those that run when no file is given, and made up for a service that does not run yet', async () => {
    const [first = '', ...newer] = names;
    const { code, calls } = await run([outputs({ [first]: image(digest('a')) }), set], ['--stack', 'dev']);
    expect(code).toBe(0);
    expect(calls).toEqual([
      ['pulumi', 'stack', 'output', '--stack', 'dev', '--json', '--non-interactive'],
      setting(first, digest('a')),
      ...newer.map((name) => setting(name, digest('0'))),
    ]);
  });

  it('are all made up for a stack that was never brought up', async () => {
    const nothing: Answer = { to: /^pulumi stack output/, says: '{}' };
    const { calls } = await run([nothing, set], ['--stack', 'dev']);
    expect(calls.slice(1)).toEqual(names.map((name) => setting(name, digest('0'))));
  });

  it('are those that run alone when that is asked for, so that a new service is built', async () => {
    const [first = ''] = names;
    const runs = outputs({ [first]: image(digest('a')) });
    const { said, calls } = await run([runs, set], ['--stack', 'dev', '--running']);
    expect([said, calls.slice(1)]).toEqual([`${first} ${digest('a')}\n`, [setting(first, digest('a'))]]);
  });

  it('are none then of a stack that was never brought up', async () => {
    const nothing: Answer = { to: /^pulumi stack output/, says: '{}' };
    const { code, said } = await run([nothing], ['--stack', 'dev', '--running']);
    expect([code, said]).toEqual([0, 'nothing runs yet\n']);
  });

  it('come from one place', async () => {
    const { code, said } = await run([], ['--stack', 'dev', '--running'], '{}');
    expect([code, said]).toEqual([1, 'stack-digests: --digests and --running exclude each other\n']);
  });

  const noDigests = 'is no JSON object of digests (sha256:...) by service';
  it.each<[string, string | undefined, string]>([
    ['is missing', undefined, `there is no digest of ${names.at(-1) ?? ''}`],
    ['is a tag', 'v1', noDigests],
    ['is cut', digest('1').slice(0, -1), noDigests],
  ])('are refused when one %s, and none is named', async (_, last, fault) => {
    const given = Object.fromEntries(names.map((name) => [name, digest('1')]));
    const digests = JSON.stringify({ ...given, [names.at(-1) ?? '']: last });
    const { code, said, calls } = await run([set], ['--stack', 'dev'], digests);
    expect([code, said]).toEqual([1, expect.stringContaining(fault)]);
    expect(calls).toEqual([]);
  });

  it('say in one line what is missing or what Pulumi refused', async () => {
    expect(await run([], [])).toMatchObject({ code: 1, said: 'stack-digests: --stack is missing\n' });
    const refusing: Answer = { to: /^pulumi/, exits: 255 };
    const { code, said } = await run([refusing], ['--stack', 'dev']);
    expect([code, said]).toEqual([
      1,
      expect.stringMatching(/^stack-digests: Command failed: pulumi stack .*\n$/),
    ]);
  });
});
