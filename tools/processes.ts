import { execFileSync, spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { hold, release, signalQuietly } from './leash.ts';

/** Says in one line what went wrong; the tools print its message and nothing else. */
export class Fault extends Error {}

/** A process that was started and is watched. */
export interface Running {
  /** How it ended: `exit code 1`, `signal SIGKILL`. */
  readonly exited: Promise<string>;
  stop(): Promise<void>;
}

export interface Launch extends Pick<SpawnOptions, 'cwd' | 'env' | 'stdio' | 'uid' | 'gid'> {
  readonly stopSignal: NodeJS.Signals;
  /** Directory that is removed with the process if this tool is killed. */
  readonly remove?: string | undefined;
}

export interface Launched {
  readonly child: ChildProcess;
  readonly pid: number | undefined;
  readonly exited: Promise<string>;
  /** Asks with the stop signal and insists with SIGKILL on the whole group after the grace time. */
  stop(graceMs: number): Promise<void>;
}

/** Starts a process in a group of its own that ends with this tool, however the tool ends. */
export function launch(command: string, args: readonly string[], options: Launch): Launched {
  const { stopSignal, remove, ...spawnOptions } = options;
  const child = spawn(command, args, { ...spawnOptions, detached: true });
  const pid = child.pid;
  if (pid !== undefined) hold(pid, stopSignal, remove);
  const exited = new Promise<string>((resolve) => {
    child.once('error', (error) => {
      resolve(error.message);
    });
    child.once('exit', (code, signal) => {
      if (pid !== undefined) release(pid);
      resolve(signal ? `signal ${signal}` : `exit code ${code ?? 'unknown'}`);
    });
  });
  async function stop(graceMs: number): Promise<void> {
    if (pid === undefined) return;
    signalQuietly(pid, stopSignal);
    const insist = setTimeout(() => signalQuietly(-pid, 'SIGKILL'), graceMs);
    await exited;
    clearTimeout(insist);
  }
  return { child, pid, exited, stop };
}

/** The command line of a live process; undefined when there is none or only a zombie of it. */
export function commandOf(pid: number): string | undefined {
  if (!signalQuietly(pid, 0)) return undefined;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim() || undefined;
  } catch {
    // No /proc: macOS and the BSDs.
  }
  try {
    const shown = execFileSync('ps', ['-o', 'stat=,command=', '-p', String(pid)], { encoding: 'utf8' });
    return shown.startsWith('Z') ? undefined : shown.trim();
  } catch {
    return undefined;
  }
}

/** Stops a process that an earlier run left behind, and waits until it is gone. */
export async function stopLeftover(pid: number, signal: NodeJS.Signals, graceMs: number): Promise<void> {
  signalQuietly(pid, signal);
  const deadline = Date.now() + graceMs;
  while (commandOf(pid) !== undefined) {
    if (Date.now() > deadline) signalQuietly(-pid, 'SIGKILL');
    await sleep(25);
  }
}

/** Whether a port of the loopback address can be listened on; the reason when it can't, EADDRINUSE or EACCES. */
export function portFault(port: number, host = '127.0.0.1'): Promise<string | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code ?? error.message);
    });
    probe.listen(port, host, () => {
      probe.close(() => {
        resolve(undefined);
      });
    });
  });
}

/** The preferred port of the loopback address when it is free, else any that is. */
export async function freePort(preferred = 0): Promise<number> {
  if (preferred !== 0 && (await portFault(preferred)) === undefined) return preferred;
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => {
        resolve(typeof address === 'object' && address ? address.port : 0);
      });
    });
  });
}
