import { execFileSync } from 'node:child_process';
import type { Digests } from './digests.ts';

/** Runs the CLI on the PATH, and returns what it prints. */
export function pulumi(...args: string[]): string {
  return execFileSync('pulumi', [...args, '--non-interactive'], { encoding: 'utf8' });
}

/** The digests that a stack's last `up` told; nothing of a service that it did not know. */
export function runningDigests(stack: string): Digests {
  const outputs = JSON.parse(pulumi('stack', 'output', '--stack', stack, '--json')) as { images?: Digests };
  return Object.fromEntries(
    Object.entries(outputs.images ?? {}).map(([service, image]) => [service, image?.split('@')[1]]),
  );
}
