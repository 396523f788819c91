import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';

/** Any number; it keeps the migrations of all services in a database one after the other. */
const advisoryLock = 7_421_001;
const pauseMs = 200;

/**
 * Waits for the turn to migrate, which ends with the session. It waits between statements: one that waits is a transaction,
 * and an index is not built before those from before it end.
 */
export async function takeTurn(client: pg.Client): Promise<void> {
  while (!(await isTaken(client))) await sleep(pauseMs);
}

async function isTaken(client: pg.Client): Promise<boolean | undefined> {
  const statement = 'select pg_try_advisory_lock($1) as taken';
  const { rows } = await client.query<{ taken: boolean }>(statement, [advisoryLock]);
  return rows[0]?.taken;
}

/**
 * Lets go first who waits for it in a statement, as an earlier version does. Where an index is built, PostgreSQL ends either of
 * them, who found last that they wait for each other; the earlier version is then to be started again.
 */
export async function giveTurn(client: pg.Client): Promise<void> {
  await client.query('select pg_advisory_unlock($1)', [advisoryLock]);
  await sleep(pauseMs);
  await takeTurn(client);
}
