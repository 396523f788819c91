import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import pg from 'pg';
import { deadLetterQueueOf, patientChangedQueue } from '#contracts';
import { Database, pendingJobs, QueueReport, Statement } from '#platform';
import { createMigratedDatabase, type TestDatabase } from '../harness/database.ts';
import { query } from '../harness/sql.ts';

const said: unknown[][] = [];
let database: TestDatabase;
let report: QueueReport;
let pool: pg.Pool;

beforeAll(async () => {
  Logger.overrideLogger({
    log: (...line) => said.push(line),
    error: () => 0,
    warn: (...line) => said.push(line),
  });
  database = await createMigratedDatabase();
  pool = new pg.Pool({ connectionString: database.urlOf('patient') });
  report = new QueueReport(new Database(pool));
});

afterAll(async () => {
  Logger.overrideLogger(false);
  await pool.end();
  await database.drop();
});

const sent = (state: string, ago: string, queue = patientChangedQueue) =>
  query(
    database.superuserUrl,
    `insert into jobs.job (name, state, created_on) values ('${queue}', '${state}', now() - interval '${ago}')`,
  );

async function line(): Promise<unknown> {
  said.length = 0;
  await report.go();
  expect(said).toHaveLength(1);
  return said[0];
}

describe('what was sent under a key', () => {
  const pending = new Statement<{ at: number }>(
    'pending',
    `select (data ->> 'at')::int as at from ${pendingJobs('$1', '$2')} as pending order by at`,
  );
  const found = async (key: string) =>
    (await pending.rows(new Database(pool).reader, patientChangedQueue, key)).map(({ at }) => at);

  it('is found while it waits, is tried again or is in somebody’s hands, and no longer', async () => {
    const states = ['retry', 'active', 'completed', 'created', 'failed', 'cancelled', 'active'];
    for (const [at, state] of states.entries())
      await query(
        database.superuserUrl,
        `insert into jobs.job (name, state, singleton_key, data, created_on)
         values ($1, $2::jobs.job_state, 'somebody', $3, now() + make_interval(secs => $4))`,
        [patientChangedQueue, state, { at }, at],
      );
    expect(await found('somebody')).toEqual([0, 1, 3, 6]);
    expect(await found('somebody else')).toEqual([]);
    await query(database.superuserUrl, `delete from jobs.job where singleton_key = 'somebody'`);
  });
});

describe('a service says how the jobs stand', () => {
  it('when there are none', async () => {
    expect(await line()).toEqual([{ waitingJobs: 0, oldestJobSeconds: 0, deadJobs: 0 }, 'jobs', 'Queue']);
  });

  it('by the age of the oldest that is not done, tried or not, and by how many were given up', async () => {
    await sent('created', '5 seconds');
    await sent('retry', '90 seconds');
    await sent('completed', '1 hour');
    await sent('failed', '2 hours');
    await sent('created', '3 hours', deadLetterQueueOf(patientChangedQueue));
    const [numbers] = (await line()) as [{ oldestJobSeconds: number }];
    expect(numbers).toMatchObject({ waitingJobs: 2, deadJobs: 1 });
    expect(numbers.oldestJobSeconds).toBeGreaterThanOrEqual(90);
    expect(numbers.oldestJobSeconds).toBeLessThan(3600);
  });

  it('or that it could not count them', async () => {
    await query(database.superuserUrl, 'alter schema jobs rename to gone');
    expect(await line()).toEqual([
      { err: expect.any(Error) },
      'the jobs could not be counted and will be next time',
      'Queue',
    ]);
  });
});
