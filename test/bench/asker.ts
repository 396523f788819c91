import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** What is asked for: a path by GET, or, by POST, appointments of which no two are at odds. */
export interface Target {
  readonly port: number;
  readonly token: string;
  /** Answered whatever is asked for beside it. */
  readonly live: string;
  readonly path: string;
  readonly booking?: {
    readonly typeId: string;
    readonly pairs: readonly { readonly practitionerId: string; readonly patientId: string }[];
    /** The first time that is booked. */
    readonly first: string;
  };
  /** The number of the first request. */
  readonly from: number;
}

/** So many callers, each of whom waits for its answer, or so many requests a second, answered or not. */
export type Load = { readonly target: Target; readonly seconds: number } & (
  { readonly callers: number } | { readonly perSecond: number }
);

export interface LoadReport {
  /** Answers of 200 or 201 to what was asked within that time. */
  readonly goodPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** How often each came; 0 is no answer: closed without one, or no connection left to ask by. */
  readonly statuses: Readonly<Record<string, number>>;
  /** When somebody was last refused, since the beginning; 0 if nobody was. */
  readonly lastRefusedMs: number;
  /** The number of the first request of the next load. */
  readonly next: number;
}

/** Asks in a process of its own, so that what measures is not what waits. */
export class Asker {
  readonly #process: ChildProcess = fork(join(import.meta.dirname, 'asker.process.ts'), { execArgv: [] });

  async ask(load: Load): Promise<LoadReport> {
    this.#process.send(load);
    const [report] = (await Promise.race([
      once(this.#process, 'message'),
      once(this.#process, 'exit').then(() => {
        throw new Error('the process that asks has ended');
      }),
    ])) as [LoadReport];
    return report;
  }

  stop(): void {
    this.#process.kill();
  }
}
