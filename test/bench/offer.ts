import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { median } from './durations.ts';

/** What a load generator is to send, and what must be answered. */
export interface LoadOrder {
  url: string;
  token: string;
  /** Each sends its next request when the one before is answered. */
  callers: number;
  seconds: number;
  method: 'GET' | 'POST';
  /** Sent in their order, over and over. */
  requests: readonly { path: string; body?: string }[];
  status: number;
}

export interface LoadReport {
  /** Answers a second, over all callers. */
  perSecond: number;
  sent: number;
  /** Of each request, in milliseconds. */
  durations: number[];
}

/** Sends load from a process of its own, so that the one that asks is not what is measured. */
export async function offer(order: LoadOrder): Promise<LoadReport> {
  const load = spawn(process.execPath, [join(import.meta.dirname, 'load.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  load.stdin.end(JSON.stringify(order));
  const [output] = await Promise.all([text(load.stdout), once(load, 'close')]);
  if (output === '') throw new Error('the load generator failed');
  return JSON.parse(output) as LoadReport;
}

/** How a subject does beside a baseline that was measured by turns with it. */
export interface Comparison {
  /** Medians, in whatever both were measured in. */
  subject: number;
  baseline: number;
  /** Of the ratios of each pair. */
  least: number;
  median: number;
  most: number;
}

/** Measures both by turns, so that what else the machine does meets both alike; who comes first takes turns too. */
export async function compare(
  rounds: number,
  subject: () => Promise<number>,
  baseline: () => Promise<number>,
): Promise<Comparison> {
  const pairs: { subject: number; baseline: number }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const first = round % 2 === 0 ? await baseline() : undefined;
    const measured = await subject();
    pairs.push({ subject: measured, baseline: first ?? (await baseline()) });
  }
  const ratios = pairs.map((pair) => pair.subject / pair.baseline);
  return {
    subject: median(pairs.map((pair) => pair.subject)),
    baseline: median(pairs.map((pair) => pair.baseline)),
    least: Math.min(...ratios),
    median: median(ratios),
    most: Math.max(...ratios),
  };
}
