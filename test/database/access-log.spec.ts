import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { serviceNamed, services } from '#catalogue';
import { AccessLogRepository, Database } from '#platform';
import { ensureAccessLog } from '../../libs/platform/src/audit/access-log.schema.ts';
import { createMigratedDatabase, type TestDatabase } from '../harness/database.ts';
import { query } from '../harness/sql.ts';

const log = new AccessLogRepository(serviceNamed('patient'));
let database: TestDatabase;
let connections: Database;

beforeAll(async () => {
  database = await createMigratedDatabase();
  const pool = new pg.Pool({ connectionString: database.urlOf('patient') });
  pool.on('error', () => undefined);
  connections = new Database(pool);
});
afterAll(async () => {
  await connections.onApplicationShutdown();
  await database.drop();
});

const asSuperuser = (statement: string, values?: unknown[]) =>
  query(database.superuserUrl, statement, values);

async function ensureAgain(service: string): Promise<void> {
  const client = new pg.Client(database.superuserUrl);
  await client.connect();
  try {
    await ensureAccessLog(client, service, service);
  } finally {
    await client.end();
  }
}

describe.each(services.map(({ name }) => name))('the access log of the %s service', (name) => {
  const tables = ['access_log', 'access_log_2026', 'access_log_default', 'access_log_seal'];

  it.each(
    tables.flatMap((table) => [
      `update "${name}".${table} set ${table.endsWith('seal') ? 'seq' : 'status'} = 1`,
      `delete from "${name}".${table}`,
      `truncate "${name}".${table}`,
      `drop table "${name}".${table}`,
      `alter table "${name}".${table} add column mine int`,
    ]),
  )('takes no %s of the service', async (statement) => {
    await expect(query(database.urlOf(name), statement)).rejects.toMatchObject({ code: '42501' });
  });

  it.each(['seq', 'at'])('lets the service say what it did, but not %s', async (column) => {
    const add = (columns: string, values: string) =>
      query(
        database.urlOf(name),
        `insert into "${name}".access_log (id, request_id, caller, action, route, status${columns})
         overriding system value values (gen_random_uuid(), 'r', 'c', 'read', 'GET /', 200${values})`,
      );
    const addChosen = () => add(`, ${column}`, column === 'at' ? ', now()' : ', 9');
    await expect(add('', '')).resolves.toEqual([]);
    await expect(addChosen()).rejects.toMatchObject({ code: '42501' });
    // What an earlier version granted is taken back.
    await asSuperuser(`grant insert on "${name}".access_log to "${name}"`);
    await ensureAgain(name);
    await expect(addChosen()).rejects.toMatchObject({ code: '42501' });
  });

  it.each(tables)('takes of nobody but the service what is added to %s', async (table) => {
    const grants = await asSuperuser(
      `select grantee, string_agg(privilege_type, ' ' order by privilege_type) as rights
       from information_schema.role_table_grants where table_schema = $1 and table_name = $2 and grantee <> 'clinic_owner'
       group by grantee`,
      [name, table],
    );
    const isPart = table.endsWith('2026') || table.endsWith('default');
    // On the log itself it may insert some columns alone.
    const rights = table === 'access_log' ? 'SELECT' : 'INSERT SELECT';
    expect(grants).toEqual(isPart ? [] : [{ grantee: name, rights }]);
  });

  it('has a part for each year, of which one can be detached', async () => {
    await asSuperuser(`insert into "${name}".access_log (id, at, request_id, caller, action, route, status)
      select gen_random_uuid(), make_timestamptz(year, 6, 1, 0, 0, 0, 'UTC'), 'r', 'c', 'read', 'GET /', 200
      from generate_series(2025, 2057) as year`);
    const parts = await asSuperuser(
      `select tableoid::regclass::text as part from "${name}".access_log order by seq desc limit 33`,
    );
    expect(parts.map(({ part }) => String(part).split('_').at(-1)).reverse()).toEqual([
      'default',
      ...Array.from({ length: 31 }, (_, index) => String(2026 + index)),
      'default',
    ]);
    await asSuperuser(`alter table "${name}".access_log detach partition "${name}".access_log_2030;
      alter table "${name}".access_log attach partition "${name}".access_log_2030
        for values from ('2030-01-01T00:00Z') to ('2031-01-01T00:00Z')`);
  });
});

it('one patient’s log is read by an index, whatever its length and whatever else there is', async () => {
  const patientId = randomUUIDv7();
  await asSuperuser(
    `insert into patient.access_log (id, at, request_id, caller, action, route, status, patient_id)
     select gen_random_uuid(), timestamptz '2026-01-02 UTC' + n * interval '1 minute', 'r', 'c', 'read', 'GET /', 200,
       case when n % 50 = 0 then $1::uuid else gen_random_uuid() end
     from generate_series(1, 200000) as n`,
    [patientId],
  );
  await asSuperuser('analyze patient.access_log');
  const rows = await asSuperuser(
    `explain (analyze, buffers, format json) select * from patient.access_log where patient_id = '${patientId}'
       and seq < 9223372036854775807 order by seq desc limit 51`,
  );
  const plan = JSON.stringify(rows);
  expect(plan).toContain('"Index Name":"access_log_2026_patient_id_seq_idx"');
  expect(plan).not.toMatch(/Seq Scan|"Node Type":"Sort"/);
  const page = await log.about(connections.reader, patientId, 51, undefined);
  const numbers = page.map(({ seq }) => Number(seq));
  expect(numbers).toHaveLength(51);
  expect(numbers).toEqual(numbers.toSorted((a, b) => b - a));
});
