import { afterAll, beforeAll, expect, it } from '@jest/globals';
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

it('are removed, however many, and no others', async () => {
  await kept(1, 2_500, '25 hours');
  await kept(2_501, 2_503, '23 hours');
  const answers = new IdempotencyRepository(serviceNamed('patient'));
  await new IdempotencyCleaner(new Database(pool), answers).go();
  const left = await query(database.superuserUrl, 'select key from patient.idempotency order by key');
  expect(left).toEqual([{ key: '2501' }, { key: '2502' }, { key: '2503' }]);
});
