import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { serviceNamed, services } from '#catalogue';
import {
  AccessLogRepository,
  Commands,
  Database,
  Overtaken,
  patients,
  type AccessPlace,
  type AccessRow,
} from '#platform';
import { ensureAccessLog } from '../../libs/platform/src/audit/access-log.schema.ts';
import { AccessLog } from '../../libs/platform/src/audit/access-log.ts';
import { PatientAccess } from '../../libs/platform/src/audit/patient-access.ts';
import { IdempotencyRepository } from '../../libs/platform/src/command/idempotency.repository.ts';
import { createMigratedDatabase, type TestDatabase } from '../harness/database.ts';
import { query } from '../harness/sql.ts';

const log = new AccessLogRepository(serviceNamed('patient'));
let database: TestDatabase;
let connections: Database;

beforeAll(async () => {
  database = await createMigratedDatabase();
  const pool = new pg.Pool({ connectionString: database.urlOf('patient'), max: 1 });
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

  it.each([
    ...tables.flatMap((table) => [
      `update "${name}".${table} set ${table.endsWith('seal') ? 'seq' : 'status'} = 1`,
      `delete from "${name}".${table}`,
      `truncate "${name}".${table}`,
      `drop table "${name}".${table}`,
      `alter table "${name}".${table} add column mine int`,
    ]),
    `update "${name}".access_log_sheet set accesses = '[]'`,
    `delete from "${name}".access_log_sheet`,
    `drop view "${name}".access_log_sheet`,
  ])('takes no %s of the service', async (statement) => {
    await expect(query(database.urlOf(name), statement)).rejects.toMatchObject({ code: '42501' });
  });

  it('takes of the service, by a view, what it writes at once, and lets it choose no number and no time', async () => {
    const add = (columns: string, values: string) =>
      query(database.urlOf(name), `insert into "${name}".access_log_sheet (${columns}) values (${values})`);
    await expect(add('patient_ids, accesses', `'{}', '[]'`)).resolves.toEqual([]);
    await expect(add('patient_ids, accesses, seq', `'{}', '[]', 9`)).rejects.toMatchObject({ code: '42703' });
    const truncated = query(database.urlOf(name), `truncate "${name}".access_log_sheet`);
    await expect(truncated).rejects.toMatchObject({ code: '42809' });
  });

  it.each([
    [`'{}', '{}'`, 'no list'],
    [`'{}', null`, 'nothing'],
    [`null, '[]'`, 'patients that are not told'],
  ])('takes no row (%s) of %s', async (values) => {
    const add = query(
      database.urlOf(name),
      `insert into "${name}".access_log_sheet (patient_ids, accesses) values (${values})`,
    );
    await expect(add).rejects.toMatchObject({ code: '23514' });
  });

  it.each([
    ['purpose', `'TREAT'`],
    ['id', 'gen_random_uuid()'],
    ['id, request_id, caller, action, route', `gen_random_uuid(), 'r', 'r', 'r', 'r'`],
  ])('takes no row of the version before that says no more than %s', async (columns, values) => {
    const add = query(
      database.urlOf(name),
      `insert into "${name}".access_log (${columns}) values (${values})`,
    );
    await expect(add).rejects.toMatchObject({ code: '23514' });
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

it('the log of a patient and of whom was merged into that one is read by an index, whatever its length', async () => {
  const [survivor, duplicate] = [randomUUIDv7(), randomUUIDv7()];
  const about = 'case n % 50 when 0 then $1::uuid when 1 then $2::uuid else gen_random_uuid() end';
  await asSuperuser(
    `insert into patient.access_log (id, at, request_id, caller, action, route, status, patient_id)
     select gen_random_uuid(), timestamptz '2026-01-02 UTC' + n * interval '1 minute', 'r', 'c', 'read', 'GET /', 200, ${about}
     from generate_series(1, 100000) as n`,
    [survivor, duplicate],
  );
  const access = { request_id: 'r', caller: 'c', action: 'read', route: 'GET /', status: 200 };
  const accesses = JSON.stringify([
    { ...access, patients: [1, 2] },
    { ...access, patients: [] },
    { ...access, patients: [3, 3] },
  ]);
  await asSuperuser(
    `insert into patient.access_log (at, patient_ids, accesses)
     select timestamptz '2026-04-02 UTC' + n * interval '1 minute', array[gen_random_uuid(), ${about}, ${about}], $3
     from generate_series(2, 50001) as n`,
    [survivor, duplicate, accesses],
  );
  await asSuperuser('analyze patient.access_log');
  const page = (before?: AccessPlace) => log.about(connections.reader, [survivor, duplicate], 51, before);
  const first = await page();
  // By a plan for whatever comes, as the services' connections make it.
  const ids = `{${randomUUIDv7()},${randomUUIDv7()}}`;
  const plan = await planOf(page, `explain execute patient_access_log_about ('${ids}', null, null, 51)`);
  expect(plan).toMatch(/Index (Only )?Scan( Backward)? using access_log_2026_patient_id_seq_idx/);
  expect(plan).toContain('Merge Append');
  expect(plan).toContain('Bitmap Index Scan on access_log_2026_patient_ids_idx');
  expect(plan).not.toContain('Seq Scan on access_log_2026');
  expect(first).toHaveLength(51);
  const numbers = first.map(({ seq, place }) => Number(seq) * 10 + place);
  expect(numbers).toEqual(numbers.toSorted((a, b) => b - a));
  // The newest row is of two accesses of each of which one of them is a patient.
  expect(first.slice(0, 4).map(({ patientId, place }) => [patientId, place])).toEqual([
    ...[3, 2].map((place) => [duplicate, place]),
    ...[3, 2].map((place) => [survivor, place]),
  ]);
  const seen: AccessRow[] = [];
  for (let rows = first; rows.length > 0; rows = await page(seen.at(-1))) seen.push(...rows.slice(0, 50));
  expect(seen).toHaveLength(8_000);
  expect(new Set(seen.map(({ seq, place }) => `${seq} ${place}`)).size).toBe(seen.length);
  expect(seen.at(-1)?.patientId).toBe(duplicate);
});

it('a transaction has its id before a row that it adds has its number', async () => {
  const access = { requestId: 'r', caller: 'c', action: 'read', route: 'GET /', status: 200 } as const;
  const plan = await planOf(
    () => log.insert(connections.reader, [{ ...access, patientIds: [] }]),
    `explain (verbose, costs off) execute patient_access_log_insert ('{}', '[]')`,
  );
  expect(plan.match(/nextval/g)).toHaveLength(1);
  expect(plan).toMatch(
    /Result\n +Output: nextval.*\n +One-Time Filter: \(pg_current_xact_id\(\) IS NOT NULL\)/,
  );
});

/** What PostgreSQL explains of a statement that has been sent, planned for whatever values come. */
async function planOf(send: () => Promise<unknown>, explain: string): Promise<string> {
  await send();
  await connections.pool.query('set plan_cache_mode = force_generic_plan');
  await send();
  const { rows } = await connections.pool.query<Record<'QUERY PLAN', string>>(explain);
  await connections.pool.query('reset plan_cache_mode');
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}

it.each([undefined, 'a-key'])(
  'a change that is made in a second attempt is about those alone whom it was about then (key %s)',
  async (idempotencyKey) => {
    const [overtaken, changed] = [randomUUIDv7(), randomUUIDv7()];
    const id = randomUUIDv7();
    const caller = { subject: 'somebody', scopes: new Set<string>() };
    const request = { id, method: 'PUT', params: {}, body: {}, route: { path: '/patients/:id' } };
    const rule = { scope: 'schedules.write', patient: patients.nobody } as const;
    const accesses = new AccessLog(connections, log, undefined as never);
    const access = new PatientAccess(rule, request as never, caller, undefined, accesses);
    const commands = new Commands(connections, new IdempotencyRepository(serviceNamed('patient')), accesses);
    let attempts = 0;
    const command = { caller, path: '/', target: '/', body: {}, access, idempotencyKey };
    await commands.run(command, () => {
      attempts += 1;
      access.concerns([attempts === 1 ? overtaken : changed]);
      return attempts === 1 ? Promise.reject(new Overtaken()) : Promise.resolve({});
    });
    const rows = await asSuperuser('select patient_id from patient.access_log_entry where request_id = $1', [
      id,
    ]);
    expect([attempts, rows]).toEqual([2, [{ patient_id: changed }]]);
  },
);

it('a log that an earlier version made, with a check of its actions, is brought up to date', async () => {
  const constraints = () =>
    asSuperuser(
      `select pg_get_constraintdef(oid) from pg_constraint where conrelid = 'patient.access_log'::regclass order by 1`,
    );
  const before = await constraints();
  await asSuperuser(`alter table patient.access_log add check (action <> 'later')`);
  expect(await constraints()).not.toEqual(before);
  await ensureAgain('patient');
  expect(await constraints()).toEqual(before);
});
