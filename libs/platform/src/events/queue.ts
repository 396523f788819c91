import { setTimeout as delay } from 'node:timers/promises';
import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { fromDrizzle, PgBoss } from 'pg-boss';
import { Config } from '../config/config.ts';
import type { Connection } from '../database/database.ts';
import { Database } from '../database/database.ts';
import { DomainError } from '../problem/domain-error.ts';
import { traceIdsAlone } from '../telemetry/propagator.ts';
import { JobConsumer } from './consumer.ts';

/** The schema that all services share for their jobs; payloads carry ids and flags, no personal data. */
export const jobsSchema = 'jobs';

/** Jobs that are small, and quicker settled together. */
const defaultBatchSize = 500;
const pollingIntervalSeconds = 0.5;
/** How often it is looked whether a process died with jobs in its hands. */
const superviseIntervalSeconds = 10;
const stopTimeoutMs = 5_000;
const restartDelayMs = 1_000;

/** A job to be sent: `key` finds it again while it is pending. */
export interface Message {
  key: string;
  payload: object;
  /** Higher comes first; default 0. */
  priority?: number;
}

/** Jobs between the services: sent in the change's own transaction, consumed at least once. */
@Injectable()
export class Queue implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #boss: PgBoss;
  readonly #logger = new Logger('Queue');
  readonly #consumers = new Map<string, { settle: JobConsumer<object>['settle']; batchSize: number }>();
  #started = false;
  #stopping = false;

  constructor(database: Database, @Inject(Config) { telemetry }: Pick<Config, 'telemetry'>) {
    this.#boss = new PgBoss({
      db: { executeSql: (text, values) => database.pool.query(text, values) },
      schema: jobsSchema,
      migrate: false,
      createSchema: false,
      schedule: false,
      superviseIntervalSeconds,
      monitorIntervalSeconds: superviseIntervalSeconds,
      // A job belongs to the trace of the change that sent it; of several carried out together each is linked.
      openTelemetry: {
        enabled: telemetry !== undefined,
        propagateContext: true,
        propagator: traceIdsAlone,
      },
    });
    this.#boss.on('error', (error) => {
      if (!this.#stopping) this.#logger.warn({ err: error }, 'the queue met an error and goes on');
    });
  }

  /** Whether jobs can be sent and found. */
  get started(): boolean {
    return this.#started;
  }

  /**
   * Sends a job that exists if and only if `tx` commits. `key` finds it again while it is pending.
   * @param due an instant before which nobody is handed the job; the payload tells it as `due`
   */
  async send(tx: Connection, queue: string, key: string, payload: object, due?: string): Promise<void> {
    this.#requireStarted();
    const options = { db: fromDrizzle(tx, sql), singletonKey: key };
    if (due === undefined) await this.#boss.send(queue, payload, options);
    else await this.#boss.send(queue, { ...payload, due }, { ...options, startAfter: due });
  }

  /** The same for many jobs. */
  async sendAll(tx: Connection, queue: string, messages: readonly Message[]): Promise<void> {
    this.#requireStarted();
    const jobs = messages.map(({ key, payload, priority = 0 }) => ({
      singletonKey: key,
      data: payload,
      priority,
    }));
    await this.#boss.insert(queue, jobs, { db: fromDrizzle(tx, sql), returnId: false });
  }

  /**
   * Hands every job of a queue to `consumer`, at least once and in no certain order, many at a time; when it rejects,
   * they come again, each by itself. To be called before the application has started.
   * @param batchSize the most that one process has in its hands; the others wait for it, or for somebody else
   */
  consume<T extends object>(
    queue: string,
    payload: new () => T,
    consumer: (payloads: readonly T[]) => Promise<void>,
    batchSize = defaultBatchSize,
  ): void {
    const jobs = new JobConsumer(queue, payload, consumer);
    this.#consumers.set(queue, { settle: (batch) => jobs.settle(batch), batchSize });
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
      // Consumers send too.
      this.#started = true;
      for (const [queue, { settle, batchSize }] of this.#consumers) {
        await this.#boss.work(
          queue,
          { batchSize, pollingIntervalSeconds, burstWhenBatchFull: true, perJobResults: true },
          settle,
        );
        this.#consumers.delete(queue);
      }
      return true;
    } catch (error) {
      this.#logger.warn({ err: error }, 'the queue can’t start yet');
      return false;
    }
  }

  #requireStarted(): void {
    if (!this.#started) throw new DomainError('unavailable', 'The service is just starting; try again.');
  }
}
