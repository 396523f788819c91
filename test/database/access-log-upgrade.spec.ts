import { randomUUIDv7 } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import pg from 'pg';
import { serviceNamed } from '#catalogue';
import { AccessLogRepository, Database, readConfig } from '#platform';
import { ensureAccessLog } from '../../libs/platform/src/audit/access-log.schema.ts';
import { origin, sealed, type Seal } from '../../libs/platform/src/audit/chain.ts';
import { SealRepository } from '../../libs/platform/src/audit/seal.repository.ts';
import { verifyAccessLog } from '../../libs/platform/src/audit/verification.ts';
import { createMigratedDatabase, type TestDatabase } from '../harness/database.ts';
import { query } from '../harness/sql.ts';

// A log that a version before made, which wrote a row for each patient of an access, and runs beside this one for a while.

const service = serviceNamed('patient');
const log = new AccessLogRepository(service);
const seals = new SealRepository(service);
const [somebody, other] = ['00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000002'];
const columnsBefore =
  'id, request_id, caller, patient_token, purpose, action, route, record_id, patient_id, asked, status';
const filledBefore = ['id', 'request_id', 'caller', 'action', 'route', 'status'];

let database: TestDatabase;
let connections: Database;

beforeAll(async () => {
  database = await createMigratedDatabase();
  connections = new Database(new pg.Pool({ connectionString: database.urlOf('patient') }));
});
afterAll(async () => {
  await connections.onApplicationShutdown();
  await database.drop();
});

const asSuperuser = (statement: string) => query(database.superuserUrl, statement);
const asService = (statement: string, values?: unknown[]) =>
  query(database.urlOf('patient'), statement, values);

/** As the version before left it, with an access of two patients, sealed. */
beforeEach(async () => {
  await asSuperuser('truncate patient.access_log, patient.access_log_seal');
  await takeBack();
  await migrateBefore();
  await addBefore(somebody, other);
  const rows = await query<{ seq: string; columns: string[] }>(
    database.superuserUrl,
    `select seq, json_build_array(id, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), request_id, caller,
       patient_token, purpose, action, route, record_id, patient_id, asked, status::text) as columns
     from patient.access_log order by seq`,
  );
  await sealBefore(
    sealed(
      origin,
      rows.map((row) => ({ ...row, seq: Number(row.seq) })),
    ),
  );
  await migrate();
});

/** The tables as the version before made them. */
async function takeBack(): Promise<void> {
  const filled = filledBefore.map((name) => `alter ${name} set not null`).join(', ');
  await asSuperuser(`drop view patient.access_log_sheet, patient.access_log_entry;
    alter table patient.access_log drop patient_ids cascade, drop accesses cascade, ${filled};
    alter table patient.access_log_seal drop form cascade`);
}

/** The rights that the version before gives, and takes. */
async function migrateBefore(): Promise<void> {
  await asSuperuser(`
    revoke all on patient.access_log, patient.access_log_seal from patient;
    grant select, insert (${columnsBefore}) on patient.access_log to patient;
    grant select, insert on patient.access_log_seal to patient`);
}

async function migrate(): Promise<void> {
  const client = new pg.Client(database.superuserUrl);
  await client.connect();
  try {
    await ensureAccessLog(client, 'patient', 'patient');
  } finally {
    await client.end();
  }
}

async function addBefore(...patientIds: string[]): Promise<void> {
  await asService(
    `with own as materialized (select pg_current_xact_id() as xact)
     insert into patient.access_log (${columnsBefore})
     select $1, 'before', 'somebody', null, 'TREAT', 'read', 'GET /patients', null, patient_id, null, 200
     from own cross join unnest($2::uuid[]) as patient_id where xact is not null`,
    [randomUUIDv7(), patientIds],
  );
}

async function sealBefore(made: readonly Seal[]): Promise<void> {
  await asService(
    `insert into patient.access_log_seal (position, seq, hash)
     select position, seq, decode(hash, 'hex') from json_to_recordset($1) as seal (position bigint, seq bigint, hash text)`,
    [JSON.stringify(made)],
  );
}

const add = (...patientIds: string[]) =>
  log.insert(connections.reader, [
    { requestId: 'now', caller: 'somebody', action: 'read', route: 'GET /patients', status: 200, patientIds },
  ]);

/** Seals all rows that are there. */
async function seal(): Promise<void> {
  const { reader } = connections;
  const last = await seals.last(reader);
  const rows = await seals.rows(reader, last, await seals.newest(reader), 100);
  await seals.insert(reader, sealed(last, rows));
}

async function verify(): Promise<string[]> {
  const lines: string[] = [];
  const config = readConfig(service, {
    ...{ DATABASE_URL: database.urlOf('patient'), OIDC_ISSUER: 'http://127.0.0.1', OIDC_AUDIENCE: 'clinic' },
  });
  await verifyAccessLog(service, config.database, { heads: [] }, (line) => lines.push(line));
  return lines;
}

it('goes on to take what the version before adds, and what is there shows beside it', async () => {
  await add(somebody, other);
  await addBefore(other);
  const about = async (...ids: string[]) =>
    (await log.about(connections.reader, ids, 10)).map(({ patientId, requestId, purpose }) => [
      ...[patientId, requestId],
      purpose,
    ]);
  const whole = [
    [other, 'before', 'TREAT'],
    [other, 'now', null],
    [somebody, 'now', null],
    [other, 'before', 'TREAT'],
    [somebody, 'before', 'TREAT'],
  ];
  expect(await about(somebody, other)).toEqual(whole);
  expect(await about(somebody)).toEqual(whole.filter(([id]) => id === somebody));
  const entries = await query<{ patient_id: string; request_id: string; purpose: string | null }>(
    database.superuserUrl,
    'select patient_id, request_id, purpose from patient.access_log_entry order by seq desc, patient_id desc',
  );
  expect(entries.map(({ patient_id, request_id, purpose }) => [patient_id, request_id, purpose])).toEqual(
    whole,
  );
});

it('takes what this version writes, whoever migrates last', async () => {
  await migrateBefore();
  await add(somebody);
  await seal();
  await migrate();
  await add(somebody);
  await seal();
  expect(await verify()).toEqual([expect.stringContaining('4 sealed rows are as they were, 0 wait')]);
});

it('is one chain with the rows and seals that were there, and takes no seal of the version before', async () => {
  await add(somebody);
  await addBefore(other);
  const hash = 'f'.repeat(64);
  await expect(sealBefore([{ position: 3, seq: 3, hash }])).rejects.toMatchObject({ code: '23514' });
  await seal();
  expect(await verify()).toEqual([expect.stringContaining('4 sealed rows are as they were, 0 wait')]);
});

it.each([
  ['a row of the version before that was altered', 2, `caller = 'nobody'`],
  ['a row of the version before to which accesses were added', 2, `accesses = '[]', patient_ids = '{}'`],
  ['a row of this one that was emptied', 3, `accesses = null, patient_ids = null`],
  ['a row of this one that was made one of the version before', 3, `accesses = null, caller = 'nobody'`],
])('shows %s', async (_, position, change) => {
  await add(somebody);
  await add(somebody);
  await seal();
  await asSuperuser(`alter table patient.access_log drop constraint access_log_form;
    update patient.access_log set ${change} where seq = (select seq from patient.access_log_seal where position = ${position})`);
  expect(await verify()).toEqual([
    expect.stringMatching(new RegExp(`position ${position}: row \\d+ was altered`)),
  ]);
});

it('is not changed as long as somebody reads all of it, and nobody waits for that', async () => {
  await takeBack();
  const reading = new pg.Client(database.superuserUrl);
  await reading.connect();
  try {
    await reading.query('begin; select count(*) from patient.access_log');
    const migrating = migrate();
    await sleep(500);
    const began = performance.now();
    await addBefore(somebody);
    expect(performance.now() - began).toBeLessThan(2_000);
    await reading.query('commit');
    await migrating;
  } finally {
    await reading.end();
  }
  await add(somebody);
  expect(await log.about(connections.reader, [somebody], 10)).toHaveLength(3);
});
