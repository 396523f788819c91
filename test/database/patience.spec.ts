import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { lockTimeoutMs } from '../../libs/platform/src/database/connect.ts';
import { changeLockTimeoutMs, changeTables } from '../../libs/platform/src/database/patience.ts';
import { obstruct } from '../faults/database.ts';
import { createDatabase, type TestDatabase } from '../harness/database.ts';
import { query } from '../harness/sql.ts';

let database: TestDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await createDatabase();
  client = new pg.Client(database.superuserUrl);
  await client.connect();
  await client.query('create table used (id int)');
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

it('changes a table that somebody reads for long once they have ended, and has others wait for a moment only', async () => {
  const reader = await obstruct(database, 'select from used');
  const changed = changeTables(client, () => client.query('alter table used add column name text'));
  await sleep(200);
  // Waits behind the change, which waits for the reader.
  await query(database.superuserUrl, 'select from used');
  await reader.release();
  await changed;
  expect(await query(database.superuserUrl, 'select name from used')).toEqual([]);
});

it('waits for long enough that PostgreSQL ends a vacuum of its own which is in the way, and for less than who waits behind it', async () => {
  const [row] = await query(
    database.superuserUrl,
    "select reset_val::int as ms from pg_settings where name = 'deadlock_timeout'",
  );
  expect(changeLockTimeoutMs).toBeGreaterThanOrEqual(Number(row?.ms) + 250);
  expect(changeLockTimeoutMs).toBeLessThanOrEqual(lockTimeoutMs - 250);
});

it('leaves nothing of a change that fails', async () => {
  const change = () => client.query('insert into used values (1); select 1 / 0');
  await expect(changeTables(client, change)).rejects.toMatchObject({ code: '22012' });
  expect(await query(database.superuserUrl, 'select id from used')).toEqual([]);
});
