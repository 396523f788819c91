import { randomUUIDv7 } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Clinic } from '../harness/clinic.ts';
import { logged } from '../harness/access-log.ts';
import { startProcesses, type ProcessSystem } from '../harness/processes.ts';
import { query } from '../harness/sql.ts';
import { repeat } from './outcome.ts';

const readers = 24;
const kills = 4;

let system: ProcessSystem;
let patientIds: string[];

beforeAll(async () => {
  system = await startProcesses();
  const clinic = new Clinic(system.staff);
  patientIds = (await repeat(20, 4, () => clinic.patient())).map(({ id }) => id);
});
afterAll(() => system.stop());

/** Reads records until told to stop; keeps which reads were answered, whatever becomes of the others. */
async function readOn(answered: Set<string>, isOver: () => boolean): Promise<void> {
  for (let next = 0; !isOver(); next += 1) {
    const requestId = randomUUIDv7();
    const path = `/patients/${patientIds[next % patientIds.length] ?? ''}`;
    const reply = await system.direct.patient.get(path, { 'x-request-id': requestId }).catch(() => undefined);
    if (reply?.status === 200) answered.add(requestId);
    else await sleep(20);
  }
}

it('has every read that was answered, though the service is killed under load again and again', async () => {
  const { patient } = system.services;
  const answered = new Set<string>();
  let isOver = false;
  const reading = Array.from({ length: readers }, () => readOn(answered, () => isOver));
  for (let kill = 0; kill < kills; kill += 1) {
    const enough = answered.size + 300;
    while (answered.size < enough) await sleep(10);
    await patient.kill();
    await patient.start();
  }
  isOver = true;
  await Promise.all(reading);
  expect(answered.size).toBeGreaterThanOrEqual(kills * 300);
  const rows = await query<{ request_id: string }>(
    system.database.superuserUrl,
    `select request_id from patient.access_log_entry where route = 'GET /patients/:id' and status = 200`,
  );
  const known = new Set(rows.map(({ request_id }) => request_id));
  expect([...answered].filter((id) => !known.has(id))).toEqual([]);
});

it('is whole after all that, as the service’s own program finds, and is not once a row is touched', async () => {
  const { patient } = system.services;
  await sealedUpToNow();
  expect(await patient.run('verify')).toBe('exit code 0');
  const rewrite = (accesses: string) =>
    query(
      system.database.superuserUrl,
      `update patient.access_log set accesses = (${accesses})::json where seq =
         (select seq from patient.access_log_seal where position = 10)`,
    );
  await rewrite(`accesses::text || ' '`);
  expect(await patient.run('verify')).toBe('exit code 1');
  await rewrite('rtrim(accesses::text)');
  expect(await patient.run('verify')).toBe('exit code 0');
});

it('answers no read and makes no change that it can’t log', async () => {
  const { superuserUrl } = system.database;
  const path = `/patients/${patientIds[0] ?? ''}`;
  await query(superuserUrl, 'revoke insert on patient.access_log_sheet from patient');
  const read = await system.staff.get(path);
  const change = await system.staff.send('PATCH', path, { gender: 'other' }, { 'if-match': '*' });
  await query(superuserUrl, 'grant insert on patient.access_log_sheet to patient');
  expect([read.status, read.body.code, Object.keys(read.body)]).toEqual([
    503,
    'unavailable',
    ['type', 'title', 'status', 'detail', 'instance', 'code'],
  ]);
  expect([change.status, change.body.code]).toEqual([503, 'unavailable']);
  expect(change.headers.get('retry-after')).toBe('1');
  expect((await system.staff.get(path)).body).toMatchObject({ gender: 'unknown', version: 1 });
});

it('has no row of a change that could not be committed', async () => {
  const { superuserUrl } = system.database;
  await query(
    superuserUrl,
    `create function patient.fail() returns trigger language plpgsql as $$ begin raise 'at the commit'; end $$;
     create constraint trigger late after update on patient.patient deferrable initially deferred
       for each row execute function patient.fail()`,
  );
  const requestId = randomUUIDv7();
  const headers = { 'if-match': '*', 'x-request-id': requestId };
  const path = `/patients/${patientIds[0] ?? ''}`;
  const change = await system.staff.send('PATCH', path, { gender: 'other' }, headers);
  await query(superuserUrl, 'drop trigger late on patient.patient');
  expect([change.status, await logged(system.database, requestId)]).toEqual([500, []]);
  await system.staff.send('PATCH', path, { gender: 'other' }, headers);
  expect(await logged(system.database, requestId)).toHaveLength(1);
});

/** Waits until every row is sealed that is there. */
async function sealedUpToNow(): Promise<void> {
  const [row] = await query<{ max: string }>(
    system.database.superuserUrl,
    'select max(seq) from patient.access_log',
  );
  for (let waited = 0; waited < 30_000; waited += 200) {
    const [seal] = await query<{ max: string | null }>(
      system.database.superuserUrl,
      'select max(seq) from patient.access_log_seal',
    );
    if (seal?.max === row?.max) return;
    await sleep(200);
  }
  throw new Error('the log is not sealed');
}
