import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePort } from '../../tools/processes.ts';
import { servingArgs } from '../../tools/service.ts';

export interface ServerProcess {
  readonly child: ChildProcess;
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/**
 * Starts a server of a file here in a process of its own, with what Node is given where a service serves, on a free port that
 * PORT names, and waits until it says that it listens.
 */
export async function startServer(
  file: string,
  environment: NodeJS.ProcessEnv,
  { args = [], cwd }: { args?: readonly string[]; cwd?: string } = {},
): Promise<ServerProcess> {
  const port = await freePort();
  const child = fork(join(import.meta.dirname, file), args, {
    cwd,
    execArgv: [...servingArgs],
    env: { NODE_ENV: 'production', PORT: String(port), ...environment },
  });
  const stop = async (): Promise<void> => {
    child.kill();
    await once(child, 'exit');
  };
  await once(child, 'message');
  return { child, url: `http://127.0.0.1:${port}`, stop };
}
