import { Logger } from '@nestjs/common';
import type { Job, JobResult } from 'pg-boss';
import { isPassing } from '../database/faults.ts';
import { parseJson } from '../validation/parse.ts';

/** A job that fails by itself, while the database is well, is tried so often before it counts as poison. */
const attempts = 4;

/**
 * Settles a batch of jobs, each by itself: one that can't be carried out goes to the dead letters, is told in the log by
 * its id and holds nobody up.
 */
export class JobConsumer<T extends object> {
  readonly #logger = new Logger('Queue');

  /**
   * @param payload what the payloads must be
   * @param consume carries out several at once, wholly or not at all
   */
  constructor(
    private readonly queue: string,
    private readonly payload: new () => T,
    private readonly consume: (payloads: readonly T[]) => Promise<void>,
  ) {}

  /** @throws what is passing, such as a database that is away: then the whole batch comes again */
  async settle(jobs: readonly Job<unknown>[]): Promise<JobResult[]> {
    const malformed: JobResult[] = [];
    const readable: { job: Job<unknown>; payload: T }[] = [];
    for (const job of jobs)
      try {
        readable.push({ job, payload: parseJson(this.payload, job.data) });
      } catch (error) {
        malformed.push(this.#bury(job, error));
      }
    if (readable.length === 0) return malformed;
    try {
      await this.consume(readable.map(({ payload }) => payload));
      return [...malformed, ...readable.map(({ job }) => completed(job))];
    } catch (error) {
      if (isPassing(error)) throw error;
      return [...malformed, ...(await this.#settleOneByOne(readable))];
    }
  }

  async #settleOneByOne(jobs: readonly { job: Job<unknown>; payload: T }[]): Promise<JobResult[]> {
    const settled: JobResult[] = [];
    for (const { job, payload } of jobs)
      try {
        await this.consume([payload]);
        settled.push(completed(job));
      } catch (error) {
        if (isPassing(error)) throw error;
        settled.push(job.retryCount + 1 < attempts ? this.#putOff(job, error) : this.#bury(job, error));
      }
    return settled;
  }

  #putOff(job: Job<unknown>, error: unknown): JobResult {
    this.#logger.warn({ queue: this.queue, job: job.id, err: error }, 'a job failed and will be tried again');
    return { id: job.id, status: 'failed' };
  }

  #bury(job: Job<unknown>, error: unknown): JobResult {
    this.#logger.error(
      { queue: this.queue, job: job.id, err: error },
      'a job can’t be carried out and went to the dead letters',
    );
    return { id: job.id, status: 'deadletter' };
  }
}

function completed({ id }: Job<unknown>): JobResult {
  return { id, status: 'completed' };
}
