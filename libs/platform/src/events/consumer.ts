import { Logger } from '@nestjs/common';
import type { Job, JobResult } from 'pg-boss';
import { isPassing } from '../database/faults.ts';
import { DomainError } from '../problem/domain-error.ts';
import { parsePayload } from '../validation/parse.ts';

/** A job that fails by itself, while the database is well, is tried so often before it counts as poison. */
const attempts = 4;

/** So many are carried out together, of a batch that is fetched at once: few enough that their locks keep nobody waiting. */
const togetherAtMost = 50;

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

  /** What is passing, such as a lock that is not had in time, puts off those that are carried out together, and no others. */
  async settle(jobs: readonly Job<unknown>[]): Promise<JobResult[]> {
    const malformed: JobResult[] = [];
    const readable: Readable<T>[] = [];
    for (const job of jobs)
      try {
        readable.push({ job, payload: parsePayload(this.payload, job.data) });
      } catch (error) {
        malformed.push(this.#bury(job, error));
      }
    const settled = malformed;
    for (let from = 0; from < readable.length; from += togetherAtMost)
      settled.push(...(await this.#settleTogether(readable.slice(from, from + togetherAtMost))));
    return settled;
  }

  async #settleTogether(jobs: readonly Readable<T>[]): Promise<JobResult[]> {
    try {
      await this.consume(jobs.map(({ payload }) => payload));
      return jobs.map(({ job }) => completed(job));
    } catch (error) {
      if (isForTheMoment(error)) return this.#putAllOff(jobs, error);
      return this.#settleOneByOne(jobs);
    }
  }

  async #settleOneByOne(jobs: readonly Readable<T>[]): Promise<JobResult[]> {
    const settled: JobResult[] = [];
    for (const [index, { job, payload }] of jobs.entries())
      try {
        await this.consume([payload]);
        settled.push(completed(job));
      } catch (error) {
        if (isForTheMoment(error)) return [...settled, ...this.#putAllOff(jobs.slice(index), error)];
        settled.push(job.retryCount + 1 < attempts ? this.#putOff(job, error) : this.#bury(job, error));
      }
    return settled;
  }

  #putAllOff(jobs: readonly Readable<T>[], error: unknown): JobResult[] {
    this.#logger.warn(
      { queue: this.queue, jobs: jobs.length, err: error },
      'jobs could not be carried out just now and will be tried again',
    );
    return jobs.map(({ job }) => ({ id: job.id, status: 'failed' }));
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

interface Readable<T> {
  job: Job<unknown>;
  payload: T;
}

/** Whether a client would be told to try again shortly. */
function isForTheMoment(error: unknown): boolean {
  return isPassing(error) || (error instanceof DomainError && error.code === 'unavailable');
}

function completed({ id }: Job<unknown>): JobResult {
  return { id, status: 'completed' };
}
