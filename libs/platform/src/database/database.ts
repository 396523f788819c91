import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import type pg from 'pg';
import { inSpan } from '../telemetry/span.ts';
import { isDisconnect, isRetryable } from './faults.ts';
import { together } from './together.ts';

/** What a repository method works in: the pool, or a transaction and whatever savepoint it is at. */
export type Connection = NodePgDatabase & { readonly $client: pg.Pool | pg.Client };

/**
 * How a row is kept until the transaction ends: against changes, against changes and others who keep it like that, or
 * against all who lock it.
 */
export type RowLock = 'key share' | 'no key update' | 'update';

type Work<T> = (tx: Connection) => Promise<T>;
type Last<T> = (tx: Connection, result: T) => Promise<unknown>;

const attempts = 3;

@Injectable()
export class Database implements OnApplicationShutdown {
  /** For single reads; what belongs together runs in a transaction. */
  readonly reader: Connection;

  /** @param through what every statement goes through on its way, to be seen there */
  constructor(
    readonly pool: pg.Pool,
    private readonly through: <Client extends pg.Pool | pg.PoolClient>(client: Client) => Client = (client) =>
      client,
  ) {
    this.reader = drizzle({ client: through(pool) });
  }

  /**
   * One transaction, READ COMMITTED. When PostgreSQL asks for it (deadlock, serialization), the whole of it is run
   * again, three times in all, so `work` must not do anything that a rollback can't take back. Statements that `work`
   * sends together must all have ended when it ends.
   * @param last sends what is to be written at the end, in the packet of the commit: all of it before it first waits
   */
  async transaction<T>(work: Work<T>, last?: Last<T>): Promise<T> {
    return inSpan('transaction', {}, () => this.#retry(work, last));
  }

  async #retry<T>(work: Work<T>, last?: Last<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#attempt(work, last);
      } catch (error) {
        if (attempt === attempts || !isRetryable(error)) throw error;
        await delay(Math.random() * 20 * 4 ** attempt);
      }
    }
  }

  async #attempt<T>(work: Work<T>, last?: Last<T>): Promise<T> {
    const borrowed = await this.pool.connect();
    const client = this.through(borrowed);
    let broken = false;
    try {
      const tx = drizzle({ client });
      const [, result] = await together(tx, () => Promise.all([client.query('begin'), work(tx)]));
      // Where the last of it fails, this rolls back.
      await together(tx, () => Promise.all([last?.(tx, result), client.query('commit')]));
      return result;
    } catch (error) {
      broken = isDisconnect(error) || !(await isRolledBack(client));
      throw error;
    } finally {
      borrowed.release(broken);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool.end();
  }
}

/** Runs a part of a transaction that can fail without the rest: then nothing of the part remains. */
export async function savepoint<T>(tx: Connection, work: (tx: Connection) => Promise<T>): Promise<T> {
  await tx.$client.query('savepoint part');
  try {
    const result = await work(tx);
    await tx.$client.query('release savepoint part');
    return result;
  } catch (error) {
    await tx.$client.query('rollback to savepoint part');
    throw error;
  }
}

/**
 * Runs a part of a transaction that can turn out to be in vain: when it ends with undefined, nothing of it remains, not
 * even its locks.
 */
export async function attempt<T>(
  tx: Connection,
  work: (tx: Connection) => Promise<T | undefined>,
): Promise<T | undefined> {
  await tx.$client.query('savepoint attempt');
  const result = await work(tx);
  if (result === undefined) await tx.$client.query('rollback to savepoint attempt');
  await tx.$client.query('release savepoint attempt');
  return result;
}

/** A connection on which even that fails is of no more use. */
async function isRolledBack(client: pg.ClientBase): Promise<boolean> {
  try {
    await client.query('rollback');
    return true;
  } catch {
    return false;
  }
}
