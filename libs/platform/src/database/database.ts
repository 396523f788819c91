import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { drizzle, type NodePgQueryResultHKT } from 'drizzle-orm/node-postgres';
import type { PgDatabase } from 'drizzle-orm/pg-core';
import type pg from 'pg';
import { isDisconnect, isRetryable } from './faults.ts';

/** What a repository method works in: the pool, a transaction or a savepoint of one. */
export type Connection = PgDatabase<NodePgQueryResultHKT>;

/** How a row is kept as it was read until the transaction ends: against changes, or against other readers who lock too. */
export type RowLock = 'key share' | 'update';

const attempts = 3;

@Injectable()
export class Database implements OnApplicationShutdown {
  /** For single reads; what belongs together runs in a transaction. */
  readonly reader: Connection;

  constructor(readonly pool: pg.Pool) {
    this.reader = drizzle({ client: pool });
  }

  /**
   * One transaction, READ COMMITTED. When PostgreSQL asks for it (deadlock, serialization), the whole of it is run
   * again, three times in all, so `work` must not do anything that a rollback can't take back.
   */
  async transaction<T>(work: (tx: Connection) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#attempt(work);
      } catch (error) {
        if (attempt === attempts || !isRetryable(error)) throw error;
        await delay(Math.random() * 20 * 4 ** attempt);
      }
    }
  }

  /** Drizzle on the pool itself would not give the connection back when BEGIN fails. */
  async #attempt<T>(work: (tx: Connection) => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    let broken = false;
    try {
      return await drizzle({ client }).transaction(work);
    } catch (error) {
      broken = isDisconnect(error);
      throw error;
    } finally {
      client.release(broken);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool.end();
  }
}
