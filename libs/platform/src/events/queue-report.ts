import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.ts';
import { Round } from '../round.ts';
import { jobsSchema } from './queue.ts';

const everyMs = 60_000;

/** Jobs of all services; the queue's own are not counted. */
interface JobNumbers {
  readonly waitingJobs: number;
  /** Since the oldest one that is not done was sent or became due, however often it was tried; 0 when none waits. */
  readonly oldestJobSeconds: number;
  /** Those that nobody could carry out, in the queues of dead letters, until somebody takes them out. */
  readonly deadJobs: number;
}

/**
 * Says once a minute how the jobs stand, in numbers alone. Every task of every service says it of all jobs, so that a
 * consumer that is not there at all is noticed by the others; whoever reads takes the largest number of a minute.
 */
@Injectable()
export class QueueReport extends Round {
  constructor(private readonly database: Database) {
    super('Queue', everyMs, 'the jobs could not be counted and will be next time');
  }

  protected async work(): Promise<void> {
    this.logger.log(await this.count(), 'jobs');
  }

  /** By the partial index of pg-boss on what is not done. */
  async count(): Promise<JobNumbers | undefined> {
    const { rows } = await this.database.pool.query<JobNumbers>(`
      select (count(*) filter (where not dead))::int as "waitingJobs",
             coalesce(extract(epoch from clock_timestamp() - min(since) filter (where not dead)), 0)::int
               as "oldestJobSeconds",
             (count(*) filter (where dead))::int as "deadJobs"
        from (select greatest(created_on, (data ->> 'due')::timestamptz) as since,
                     exists (select from ${jobsSchema}.queue where dead_letter = job.name) as dead
                from ${jobsSchema}.job
               where state in ('created', 'retry', 'active') and name not like '\\_\\_pgboss\\_\\_%'
                 and not (state = 'created' and start_after > clock_timestamp())) as open`);
    return rows[0];
  }
}
