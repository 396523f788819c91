import { readFileSync } from 'node:fs';
import type { ServiceProcess } from '../harness/processes.ts';

/** https://man7.org/linux/man-pages/man5/proc_pid_status.5.html */
export function residentMb(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) / 1024;
}

/** Milliseconds from its launch until a service takes work. */
export async function launchedUntilReady(process: ServiceProcess): Promise<number> {
  const since = performance.now();
  await process.start();
  return performance.now() - since;
}
