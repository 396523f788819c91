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

/** The schema that all services share for their jobs; payloads carry ids and flags, no personal data. */
export const jobsSchema = 'jobs';

const batchSize = 500;
const pollingIntervalSeconds = 0.5;
const stopTimeoutMs = 5_000;
const restartDelayMs = 1_000;

/** Jobs between the services: sent in the change's own transaction, consumed at least once. */
@Injectable()
export class Queue implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #boss: PgBoss;
  readonly #logger = new Logger('Queue');
  #started: Promise<void> | undefined;
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

  /** Sends a job that exists if and only if `tx` commits. `key` finds it again while it is pending. */
  async send(tx: Connection, queue: string, key: string, payload: object): Promise<void> {
    await this.#ready();
    await this.#boss.send(queue, payload, { db: fromDrizzle(tx, sql), singletonKey: key });
  }

  /** The payloads under a key that were sent and may not have been consumed yet, oldest first. */
  async sent<T>(tx: Connection, queue: string, key: string): Promise<T[]> {
    await this.#ready();
    const jobs = await this.#boss.findJobs<T>(queue, { db: fromDrizzle(tx, sql), key });
    return jobs.map((job) => job.data);
  }

  /** Hands every job to `consume`, at least once and in no certain order; a rejection has the batch come again. */
  async work<T extends object>(queue: string, consume: (payloads: T[]) => Promise<void>): Promise<void> {
    await this.#ready();
    await this.#boss.work<T>(queue, { batchSize, pollingIntervalSeconds }, (jobs) =>
      consume(jobs.map((job) => job.data)),
    );
  }

  onApplicationBootstrap(): void {
    void this.#ready();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping = true;
    await this.#boss.stop({ graceful: true, close: false, timeout: stopTimeoutMs });
  }

  #ready(): Promise<void> {
    return (this.#started ??= this.#start());
  }

  /** A database that is away at the start is waited for: the process is up, only not ready. */
  async #start(): Promise<void> {
    while (!this.#stopping) {
      try {
        await this.#boss.start();
        return;
      } catch (error) {
        this.#logger.warn({ err: error }, 'the queue can’t start yet');
        await delay(restartDelayMs, undefined, { ref: false });
      }
    }
  }
}
