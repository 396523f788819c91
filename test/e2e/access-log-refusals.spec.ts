import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { tracerOf } from '../harness/access-log.ts';
import { ahead, Clinic, type Visit } from '../harness/clinic.ts';
import { merge, queuesAreEmpty, undo } from '../harness/merges.ts';
import { startSystem, type System } from '../harness/system.ts';

let system: System;
let clinic: Clinic;
let visit: Visit;

beforeAll(async () => {
  system = await startSystem();
  clinic = new Clinic(system.staff);
  visit = await clinic.visit();
});
afterAll(() => system.stop());

const traced = tracerOf(() => system);
const two = async () => (await Promise.all([clinic.patient(), clinic.patient()])).map(({ id }) => id);
const about = (...ids: (string | undefined)[]) => ids.toSorted();
const patientsOf = (rows: { patient_id: string | null }[]) => rows.map(({ patient_id }) => patient_id).sort();

it.each([
  ['is too large', 413, 'application/json', { gender: 'x'.repeat(100_001) }],
  ['is of another type', 415, 'text/plain', { gender: 'other' }],
  ['comes without If-Match', 428, 'application/json', { gender: 'other' }],
])('a change that %s is no access to the patient and is not logged', async (_, status, type, body) => {
  const { id } = await clinic.patient();
  const headers = { 'content-type': type };
  const { reply, rows } = await traced(system.staff, 'PATCH', `/patients/${id}`, body, headers);
  expect([reply.status, rows]).toEqual([status, []]);
});

describe('a merge that is refused is logged about both whom it names', () => {
  const body = (survivorId?: string, duplicateId?: string) => ({ survivorId, duplicateId, reason: 'One' });

  it.each([{}, { 'idempotency-key': 'a-refused-merge' }])('by a rule %j', async (headers) => {
    const [kept, gone] = await two();
    expect((await merge(system.staff, kept ?? '', gone ?? '')).status).toBe(201);
    const wanted = body(gone, kept);
    const { reply, rows } = await traced(system.staff, 'POST', '/patients/merges', wanted, headers);
    expect([reply.status, patientsOf(rows)]).toEqual([422, about(kept, gone)]);
    for (const row of rows) expect(row).toMatchObject({ action: 'merge', status: 422 });
  });

  it('for a key that was used', async () => {
    const [a, b] = await two();
    const headers = { 'idempotency-key': randomUUIDv7() };
    await traced(system.staff, 'POST', '/patients/merges', body(a, randomUUIDv7()), headers);
    const { reply, rows } = await traced(system.staff, 'POST', '/patients/merges', body(a, b), headers);
    expect([reply.body.code, patientsOf(rows)]).toEqual(['idempotency_key_reused', about(a, b)]);
  });

  it('for a patient’s own token; for want of a scope without them, since no body is read then', async () => {
    const [a, b] = await two();
    const own = await system.as({ patientId: a ?? '', scopes: ['patients.merge'] });
    const byPatient = await traced(own, 'POST', '/patients/merges', body(a, b));
    expect([byPatient.reply.status, patientsOf(byPatient.rows)]).toEqual([403, about(a, b)]);
    const clerk = await system.as({ scopes: ['patients.read'] });
    const byClerk = await traced(clerk, 'POST', '/patients/merges', body(a, b));
    expect([byClerk.reply.status, byClerk.rows]).toMatchObject([
      403,
      [{ action: 'merge', patient_id: null }],
    ]);
  });
});

describe('an undo that is refused is logged about both whose merge it is', () => {
  it('by a rule, and for want of a scope', async () => {
    const [a, b] = await two();
    const { id } = (await merge(system.staff, a ?? '', b ?? '')).body;
    const path = `/patients/merges/${id}/undo`;
    const clerk = await system.as({ scopes: ['patients.read'] });
    const denied = await traced(clerk, 'POST', path, {});
    expect([denied.reply.status, patientsOf(denied.rows)]).toEqual([403, about(a, b)]);
    expect((await undo(system.staff, id)).status).toBe(200);
    const again = await traced(system.staff, 'POST', path, {});
    expect([again.reply.status, patientsOf(again.rows)]).toEqual([409, about(a, b)]);
    for (const row of again.rows) expect(row).toMatchObject({ action: 'unmerge', record_id: id });
  });

  it('but about nobody when there is none', async () => {
    const { rows } = await traced(system.staff, 'POST', `/patients/merges/${randomUUIDv7()}/undo`, {});
    expect(rows).toMatchObject([{ status: 404, patient_id: null }]);
  });
});

it('a refusal of free times that names nobody is about nobody', async () => {
  const path = `/appointments/slots?typeId=${randomUUIDv7()}&from=${ahead(1)}&to=${ahead(2)}`;
  const free = await traced(system.staff, 'GET', path);
  expect([free.reply.status, free.rows]).toEqual([422, []]);
  const suiting = await traced(system.staff, 'GET', `${path}&patientId=${visit.patientId}`);
  expect(suiting.rows).toMatchObject([{ status: 422, patient_id: visit.patientId }]);
});

it('a history is about the patient whose the appointment is, whomever its page names', async () => {
  const [survivor, duplicate] = await two();
  const start = ahead(20);
  const { id } = await clinic.book({ ...visit, patientId: duplicate ?? '', start });
  await merge(system.staff, survivor ?? '', duplicate ?? '');
  await queuesAreEmpty(system.database);
  const page = (limit: number, cursor = '') =>
    traced(system.staff, 'GET', `/appointments/${id}/history?limit=${limit}${cursor && `&cursor=${cursor}`}`);
  const first = await page(1);
  expect(patientsOf(first.rows)).toEqual([survivor]);
  const next = await page(1, String(first.reply.body.nextCursor));
  expect(patientsOf(next.rows)).toEqual(about(survivor, duplicate));
});
