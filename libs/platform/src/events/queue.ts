import { setTimeout as delay } from 'node:timers/promises';
import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { fromDrizzle, PgBoss } from 'pg-boss';
import type { Connection } from '../database/database.ts';
import { Database } from '../database/database.ts';
import { DomainError } from '../problem/domain-error.ts';

/** The schema that all services share for their jobs; payloads carry ids and flags, no personal data. */
export const jobsSchema = 'jobs';

const batchSize = 500;
const pollingIntervalSeconds = 0.5;
const stopTimeoutMs = 5_000;
const restartDelayMs = 1_000;

type Consumer = (payloads: never[]) => Promise<void>;

/** Jobs between the services: sent in the change's own transaction, consumed at least once. */
@Injectable()
export class Queue implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #boss: PgBoss;
  readonly #logger = new Logger('Queue');
  readonly #consumers = new Map<string, Consumer>();
  #started = false;
  #stopping = false;

  constructor(database: Database) {
    this.#boss = new PgBoss({
      db: { executeSql: (text, values) => database.pool.query(text, values) },
      schema: jobsSchema,
      migrate: false,
      createSchema: false,
      schedule: false,
    });
    this.#boss.on('error', (error) => {
      if (!this.#stopping) this.#logger.warn({ err: error }, 'the queue met an error and goes on');
    });
  }

  /** Whether jobs can be sent and found. */
  get started(): boolean {
    return this.#started;
  }

  /** Sends a job that exists if and only if `tx` commits. `key` finds it again while it is pending. */
  async send(tx: Connection, queue: string, key: string, payload: object): Promise<void> {
    this.#requireStarted();
    await this.#boss.send(queue, payload, { db: fromDrizzle(tx, sql), singletonKey: key });
  }

  /** The payloads under a key that were sent and may not have been consumed yet, oldest first. */
  async sent<T>(tx: Connection, queue: string, key: string): Promise<T[]> {
    this.#requireStarted();
    const jobs = await this.#boss.findJobs<T>(queue, { db: fromDrizzle(tx, sql), key });
    return jobs.map((job) => job.data);
  }

  /**
   * Hands every job of a queue to `consumer`, at least once and in no certain order; when it rejects, the batch comes
   * again. To be called before the application has started.
   */
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- names the queue's payload
  consume<T extends object>(queue: string, consumer: (payloads: T[]) => Promise<void>): void {
    this.#consumers.set(queue, consumer);
  }

  async onApplicationBootstrap(): Promise<void> {
    if (!(await this.#start())) void this.#startWhenPossible();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping = true;
    if (this.#started) await this.#boss.stop({ graceful: true, close: false, timeout: stopTimeoutMs });
  }

  /** A database that is away at the start is waited for: the process is up, only not ready. */
  async #startWhenPossible(): Promise<void> {
    do await delay(restartDelayMs, undefined, { ref: false });
    while (!this.#stopping && !(await this.#start()));
  }

  async #start(): Promise<boolean> {
    try {
      await this.#boss.start();
      for (const [queue, consumer] of this.#consumers) {
        await this.#boss.work(queue, { batchSize, pollingIntervalSeconds }, (jobs) =>
          consumer(jobs.map((job) => job.data as never)),
        );
        this.#consumers.delete(queue);
      }
      return (this.#started = true);
    } catch (error) {
      this.#logger.warn({ err: error }, 'the queue can’t start yet');
      return false;
    }
  }

  #requireStarted(): void {
    if (!this.#started) throw new DomainError('unavailable', 'The service is just starting; try again.');
  }
}
