import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Children are process groups of their own, so that Ctrl-C reaches only the tool, which stops them in order. The price
 * is that they outlive a tool that is killed. So a second process holds the other end of a pipe, is told of every child,
 * and stops those that are left when the pipe closes, for whatever reason it does.
 */
interface Order {
  pid: number;
  /** What to stop it with; without one, the child has ended and is let go. */
  signal?: NodeJS.Signals;
  /** Directory that goes with it. */
  remove?: string;
}

const graceMs = 10_000;
let pipe: Writable | undefined;

function tell(order: Order): void {
  pipe ??= openPipe();
  pipe.write(`${JSON.stringify(order)}\n`);
}

function openPipe(): Writable {
  const leash = spawn(process.execPath, [import.meta.filename], {
    detached: true,
    env: {},
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  leash.on('error', () => undefined);
  leash.stdin.on('error', () => undefined);
  leash.unref();
  // A pipe is a net.Socket, which its type doesn't say.
  (leash.stdin as unknown as { unref(): void }).unref();
  return leash.stdin;
}

/** From now on the process is stopped when this one ends without having done so. */
export function hold(pid: number, signal: NodeJS.Signals, remove?: string): void {
  tell({ pid, signal, ...(remove === undefined ? {} : { remove }) });
}

export function release(pid: number): void {
  tell({ pid });
}

/** Signals a process, or its whole group by the negative id; one that is gone already is no error. */
export function signalQuietly(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

async function watch(): Promise<void> {
  const held = new Map<number, Order>();
  for await (const line of createInterface({ input: process.stdin })) {
    const order = JSON.parse(line) as Order;
    if (order.signal) held.set(order.pid, order);
    else held.delete(order.pid);
  }
  for (const { pid, signal } of held.values()) if (signal) signalQuietly(pid, signal);
  const deadline = Date.now() + graceMs;
  while (Date.now() < deadline && [...held.keys()].some((pid) => signalQuietly(pid, 0))) await sleep(50);
  for (const { pid, remove } of held.values()) {
    signalQuietly(-pid, 'SIGKILL');
    if (remove !== undefined) rmSync(remove, { recursive: true, force: true });
  }
}

if (import.meta.main) await watch();
