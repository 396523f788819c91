import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { ServiceName } from '#catalogue';
import type { TestDatabase } from '../harness/database.ts';
import { contradictionsSeenBy } from './contradictions.ts';

/** What is wrong in the database, a line each. */
export function contradictionsIn(database: TestDatabase): Promise<string[]> {
  return withSuperuser(database, contradictionsSeenBy);
}

/** How many rows there are: `appointment.claim where ...`. */
export async function count(database: TestDatabase, from: string, values: unknown[] = []): Promise<number> {
  return withSuperuser(database, async (client) => {
    const { rows } = await client.query<{ count: number }>(`select count(*)::int from ${from}`, values);
    return rows[0]?.count ?? Number.NaN;
  });
}

/** A transaction of the test's own that stands in a service's way. */
export interface Obstacle {
  /** Goes on in the same transaction. */
  readonly run: (statement: string, values?: unknown[]) => Promise<void>;
  /** Lets everybody through; nothing is changed. */
  readonly release: () => Promise<void>;
}

export async function obstruct(
  database: TestDatabase,
  statement: string,
  values: unknown[] = [],
): Promise<Obstacle> {
  const client = new pg.Client(database.superuserUrl);
  // A test that fails may leave it to the end of the database.
  client.on('error', () => undefined);
  await client.connect();
  // In a deadlock it must be the service that PostgreSQL ends.
  await client.query("set deadlock_timeout = '30s'");
  await client.query('begin');
  await client.query(statement, values);
  return {
    run: async (further, more = []) => {
      await client.query(further, more);
    },
    // The end of the session ends its transaction.
    release: () => client.end(),
  };
}

/** Waits until so many of a service's transactions wait for somebody's lock. */
export async function waitingForLocks(
  database: TestDatabase,
  service: ServiceName,
  howMany: number,
): Promise<void> {
  const waiting = `pg_stat_activity
    where datname = current_database() and usename = $1 and wait_event_type = 'Lock'`;
  const deadline = Date.now() + 5_000;
  while ((await count(database, waiting, [service])) < howMany) {
    if (Date.now() > deadline) throw new Error(`fewer than ${howMany} of ${service} wait for a lock`);
    await sleep(10);
  }
}

async function withSuperuser<T>(database: TestDatabase, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(database.superuserUrl);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
