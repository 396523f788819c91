import { execFileSync, spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { platform } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { readable } from './terminal.ts';

export interface Running {
  /** How it ended: `exit code 1`, `signal SIGKILL`. */
  readonly exited: Promise<string>;
  readonly stop: () => Promise<void>;
}

export interface Launched extends Running {
  readonly pid: number;
  readonly child: ChildProcess;
}

/** Asked to stop, a process gets so long. */
const graceSeconds = 10;
const live = new Map<number, NodeJS.Signals>();

/**
 * Starts a process that ends with this tool, however the tool ends. It is a process group of its own, so that Ctrl-C
 * reaches only the tool, which stops the parts in order.
 */
export function launch(
  command: string,
  args: readonly string[],
  { stopSignal = 'SIGTERM', ...options }: SpawnOptions & { readonly stopSignal?: NodeJS.Signals },
): Launched {
  const child = spawn(command, args, { ...options, detached: true });
  const { pid = 0 } = child;
  const release = pid > 0 ? leash(pid, stopSignal) : undefined;
  const exited = new Promise<string>((resolve) => {
    child.once('error', (error) => {
      resolve(readable(error));
    });
    child.once('exit', () => {
      release?.();
      // What it has started itself.
      signalTo(-pid, 'SIGKILL');
    });
    // Later than exit: all that it said has been read.
    child.once('close', (code, signal) => {
      resolve(signal === null ? `exit code ${code ?? 'unknown'}` : `signal ${signal}`);
    });
  });
  const stop = async (): Promise<void> => {
    if (live.has(pid)) signalTo(pid, stopSignal);
    const insist = setTimeout(signalTo, graceSeconds * 1000, -pid, 'SIGKILL');
    await exited;
    clearTimeout(insist);
  };
  return { child, pid, exited, stop };
}

/** A shell at the end of a pipe: a line lets the process go; the end of the pipe, as we were killed, stops it. */
function leash(pid: number, stopSignal: NodeJS.Signals): () => void {
  const wait = `for _ in $(seq ${graceSeconds * 5}); do kill -0 "$1" || break; sleep 0.2; done`;
  const script = `read -r _ && exit; exec 2>/dev/null; kill -s "$0" "$1"; ${wait}; kill -s KILL -- "-$1"`;
  const shell = spawn('sh', ['-c', script, stopSignal.slice(3), String(pid)], {
    detached: true,
    stdio: 'pipe',
  });
  live.set(pid, stopSignal);
  shell.unref();
  for (const stream of [shell.stdin, shell.stdout, shell.stderr]) (stream as unknown as Socket).unref();
  return () => {
    live.delete(pid);
    shell.stdin.end('\n');
  };
}

/** Ends whatever was launched and still runs, at once. */
export function endAll(): void {
  // PostgreSQL's SIGQUIT is its immediate shutdown; SIGKILL would leave its helpers to find out.
  for (const [pid, stopSignal] of live) signalTo(-pid, stopSignal === 'SIGINT' ? 'SIGQUIT' : 'SIGKILL');
}

/** Signals a process, or its group by the negative id, if it is there. */
export function signalTo(pid: number, signal: NodeJS.Signals): void {
  try {
    // Zero would be our own group.
    if (pid !== 0) process.kill(pid, signal);
  } catch {
    // Gone already.
  }
}

/** The command line of a live process; undefined when there is none, or only a zombie of it. */
export function commandOf(pid: number): string | undefined {
  try {
    if (platform() === 'linux')
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ') || undefined;
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return undefined;
  }
}

const longestDelayMs = 10_000;
/** Up for so long, it counts as sound again. */
const soundMs = 30_000;

/** Keeps a process running: one that ends unasked is started again, ever more patiently while that doesn't help. */
export async function keepRunning(
  start: () => Promise<Running>,
  announce: (text: string) => void,
  firstDelayMs = 250,
): Promise<Running> {
  const ending = new AbortController();
  const isEnding = (): boolean => ending.signal.aborted;
  const first = await start();
  let current = first;

  async function watch(): Promise<void> {
    let [delay, since, how] = [firstDelayMs, Date.now(), await first.exited];
    while (!isEnding()) {
      if (Date.now() - since >= soundMs) delay = firstDelayMs;
      announce(`ended unasked (${how}); starts again in ${delay / 1000} s`);
      await sleep(delay, undefined, ending).catch(() => undefined);
      if (isEnding()) return;
      [delay, since] = [Math.min(delay * 2, longestDelayMs), Date.now()];
      try {
        current = await start();
        if (isEnding()) await current.stop();
        how = await current.exited;
      } catch (error) {
        how = readable(error);
      }
    }
  }

  const watching = watch();
  const stop = async (): Promise<void> => {
    ending.abort();
    await current.stop();
    await watching;
  };
  return { exited: first.exited, stop };
}

/** The port of the loopback address when it is free, 0 for any; rejects when it isn't. */
export async function tryPort(port: number): Promise<number> {
  const probe = createServer().listen(port, '127.0.0.1');
  await once(probe, 'listening');
  const { port: free } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return free;
}

/** The preferred port when it is free, else any that is. */
export function freePort(preferred = 0): Promise<number> {
  return tryPort(preferred).catch(() => tryPort(0));
}
