import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Client } from '../harness/client.ts';
import type { Bodies } from './bodies.ts';

/** For requests that don't wait for those before; opened first and kept, as a load balancer keeps its own. */
export const mostConnections = 2_000;

/** What is asked for: a path by GET or, with bodies, by POST. */
export interface Target {
  readonly port: number;
  readonly token: string;
  readonly path: string;
  readonly bodies?: Bodies | undefined;
}

/** What a client is asked for, as it would ask itself. */
export function targetOf({ url, token = '' }: Client, path: string, bodies?: Bodies): Target {
  return { port: Number(new URL(url).port), token, path, bodies };
}

/**
 * So many callers, each of whom waits for its answer, for so long or until there were so many requests; or so many requests
 * a second, answered or not.
 */
type Load = { readonly target: Target } & (
  | { readonly callers: number; readonly seconds: number }
  | { readonly callers: number; readonly times: number }
  | { readonly perSecond: number; readonly seconds: number }
);

/** A load, and the number of its first request. */
export type NumberedLoad = Load & { readonly from: number };

export interface LoadReport {
  /** Answers of 200 or 201 to what was asked within that time. */
  readonly goodPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** How often each came; 0 is no answer: closed without one. */
  readonly statuses: Readonly<Record<string, number>>;
  /** How many found no connection left to ask by. */
  readonly unasked: number;
  /** When somebody was last refused, since the beginning; 0 if nobody was. */
  readonly lastRefusedMs: number;
  /** How long each answer took, whatever it was; told of a load of so many requests alone. */
  readonly durations?: readonly number[];
}

/** Asks in a process of its own, so that what measures is not what waits. */
export class Asker {
  readonly #process: ChildProcess = fork(join(import.meta.dirname, 'asker.process.ts'), {
    execArgv: ['--conditions=source'],
  });
  /** The number of a target's next request: they go on over its loads. */
  readonly #next = new WeakMap<Target, number>();

  async ask(load: Load): Promise<LoadReport> {
    const from = this.#next.get(load.target) ?? 0;
    this.#process.send({ ...load, from } satisfies NumberedLoad);
    const report = await this.#answer();
    const asked = Object.values(report.statuses).reduce((sum, number) => sum + number, 0);
    this.#next.set(load.target, from + asked);
    return report;
  }

  async #answer(): Promise<LoadReport> {
    const listening = new AbortController();
    const { signal } = listening;
    try {
      const [report] = (await Promise.race([
        once(this.#process, 'message', { signal }),
        once(this.#process, 'exit', { signal }).then(() => {
          throw new Error('the process that asks has ended');
        }),
      ])) as [LoadReport];
      return report;
    } finally {
      listening.abort();
    }
  }

  stop(): void {
    this.#process.kill();
  }
}
