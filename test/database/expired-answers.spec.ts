import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { serviceNamed } from '#catalogue';
import { Database } from '#platform';
import { IdempotencyCleaner } from '../../libs/platform/src/command/idempotency.cleaner.ts';
import { IdempotencyRepository } from '../../libs/platform/src/command/idempotency.repository.ts';
import { createMigratedDatabase, type TestDatabase } from '../harness/database.ts';
import { query } from '../harness/sql.ts';

let database: TestDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await createMigratedDatabase();
  pool = new pg.Pool({ connectionString: database.urlOf('patient') });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const kept = (from: number, to: number, ago: string) =>
  query(
    database.superuserUrl,
    `insert into patient.idempotency (caller, key, fingerprint, created_at)
     select 'somebody', number::text, 'f', now() - $3::interval from generate_series($1::int, $2::int) as number`,
    [from, to, ago],
  );

const forget = () =>
  new IdempotencyCleaner(new Database(pool), new IdempotencyRepository(serviceNamed('patient'))).go();

it('are removed, however many, and no others', async () => {
  await kept(1, 2_500, '25 hours');
  await kept(2_501, 2_503, '23 hours');
  await forget();
  const left = await query(database.superuserUrl, 'select key from patient.idempotency order by key');
  expect(left).toEqual([{ key: '2501' }, { key: '2502' }, { key: '2503' }]);
});

it('stay whose key is just being used anew', async () => {
  await kept(3_000, 3_000, '25 hours');
  const client = await pool.connect();
  await client.query('begin');
  await client.query("update patient.idempotency set created_at = now() where key = '3000'");
  const forgotten = forget();
  // Had it waited for the key, it would come to it now.
  await Promise.race([forgotten, sleep(200)]);
  await client.query('commit');
  client.release();
  await forgotten;
  const left = await query(database.superuserUrl, "select key from patient.idempotency where key = '3000'");
  expect(left).toHaveLength(1);
});
