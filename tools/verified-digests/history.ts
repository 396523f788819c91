import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readDigests, type Digests } from '../digests.ts';
import type { History, Run } from './choose.ts';

const gh = promisify(execFile);

interface Artifact {
  readonly name: string;
  readonly expired: boolean;
}

/** What GitHub keeps of the runs of `deploy.yml` in a repository, asked for by its CLI. */
export function openHistory(repository: string, stack: string): History {
  const artifact = `verified-${stack}`;
  const api = async (path: string): Promise<unknown> =>
    JSON.parse((await gh('gh', ['api', `repos/${repository}/actions/${path}`])).stdout);
  return {
    async runs() {
      const answer = await api('workflows/deploy.yml/runs?branch=main&per_page=100');
      return (answer as { workflow_runs: Run[] }).workflow_runs;
    },
    async verified(run) {
      const { artifacts } = (await api(`runs/${run}/artifacts?name=${artifact}`)) as {
        artifacts: Artifact[];
      };
      if (!artifacts.some(({ name, expired }) => name === artifact && !expired)) return undefined;
      return download(repository, run, artifact);
    },
  };
}

async function download(repository: string, run: number, artifact: string): Promise<Digests> {
  const folder = await mkdtemp(join(tmpdir(), 'clinic-verified-'));
  try {
    const of = ['--repo', repository, '--name', artifact, '--dir', folder];
    await gh('gh', ['run', 'download', String(run), ...of]);
    return readDigests(join(folder, 'digests.json'));
  } finally {
    await rm(folder, { recursive: true });
  }
}
