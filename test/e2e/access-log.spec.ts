import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AccessLogEntryDto, Page } from '#contracts';
import { tracerOf } from '../harness/access-log.ts';
import { ahead, Clinic, type Visit } from '../harness/clinic.ts';
import type { Client } from '../harness/client.ts';
import { somebodyNew } from '../harness/people.ts';
import { startSystem, type System } from '../harness/system.ts';

const purpose = 'X-Purpose-Of-Use';
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

describe('a read', () => {
  it('names every patient of a page, each once, as one access', async () => {
    const made = [await clinic.patient(), await clinic.patient()];
    const { rows } = await traced(system.staff, 'GET', '/patients?limit=2');
    expect(rows.map(({ patient_id }) => patient_id).sort()).toEqual(made.map(({ id }) => id).sort());
    expect(new Set(rows.map(({ seq, access }) => `${seq} ${access}`)).size).toBe(1);
  });

  it('of what is not there is logged with its status and the id that was tried', async () => {
    const id = randomUUIDv7();
    const { rows } = await traced(system.staff, 'GET', `/patients/${id}`);
    expect(rows).toMatchObject([{ status: 404, patient_id: id, record_id: id, action: 'read' }]);
  });

  it('that is known already (304) is logged too', async () => {
    const { id } = await clinic.patient();
    const { reply, rows } = await traced(system.staff, 'GET', `/patients/${id}`, undefined, {
      'if-none-match': '*',
    });
    expect([reply.status, rows]).toMatchObject([304, [{ status: 304, patient_id: id }]]);
  });

  it('of free times is about nobody unless a patient is named', async () => {
    const { typeId } = visit;
    const path = `/appointments/slots?typeId=${typeId}&from=${ahead(1)}&to=${ahead(2)}`;
    expect((await traced(system.staff, 'GET', path)).rows).toEqual([]);
  });

  it('that is not valid tells nothing and is not logged', async () => {
    const { reply, rows } = await traced(system.staff, 'GET', '/patients?limit=0');
    expect([reply.status, rows]).toEqual([400, []]);
  });
});

describe('a search', () => {
  it('is logged with whom it found and a salted digest of what was asked, never the same', async () => {
    const person = somebodyNew();
    const { id } = await clinic.patient(person);
    const asked = { name: person.name[0]?.family, birthDate: person.birthDate };
    const [first, second] = [
      await traced(system.staff, 'POST', '/patients/search', asked),
      await traced(system.staff, 'POST', '/patients/search', asked),
    ];
    for (const { rows } of [first, second]) {
      expect(rows).toMatchObject([{ action: 'search', patient_id: id, status: 200 }]);
      expect(rows[0]?.asked).toMatch(/^[\w-]{16}\.[\w-]{43}$/);
    }
    expect(first.rows[0]?.asked).not.toBe(second.rows[0]?.asked);
  });

  it('that finds nobody is logged as well', async () => {
    const { rows } = await traced(system.staff, 'POST', '/patients/search', { mrn: 'nobody-0' });
    expect(rows).toMatchObject([{ patient_id: null, asked: expect.any(String) }]);
  });
});

describe('a change', () => {
  it('is logged once, with what was created', async () => {
    const { reply, rows } = await traced(system.staff, 'POST', '/patients', somebodyNew());
    const { id } = reply.body;
    expect(rows).toMatchObject([{ action: 'create', status: 201, record_id: id, patient_id: id }]);
  });

  it('that is answered again under its key is logged as read', async () => {
    const headers = { 'idempotency-key': randomUUIDv7() };
    const person = somebodyNew();
    const first = await traced(system.staff, 'POST', '/patients', person, headers);
    const again = await traced(system.staff, 'POST', '/patients', person, headers);
    expect(first.rows.map(({ action }) => action)).toEqual(['create']);
    expect(again.rows).toMatchObject([{ action: 'read', status: 201, patient_id: first.reply.body.id }]);
  });

  it.each([{}, { 'idempotency-key': 'kept-refusal' }])(
    'that is refused as a duplicate is logged about the candidates it names %j',
    async (headers) => {
      const person = somebodyNew();
      const { id } = await clinic.patient(person);
      const { reply, rows } = await traced(system.staff, 'POST', '/patients', person, headers);
      expect([reply.status, rows]).toMatchObject([409, [{ status: 409, action: 'create', patient_id: id }]]);
    },
  );

  it('of a stale version is logged with 412', async () => {
    const { id } = await clinic.patient();
    const stale = { 'if-match': '"7"' };
    const { rows } = await traced(system.staff, 'PATCH', `/patients/${id}`, { gender: 'male' }, stale);
    expect(rows).toMatchObject([{ status: 412, action: 'update', patient_id: id }]);
  });

  it('of availability is about the patients who lose their appointments, also when it is refused', async () => {
    const own = await clinic.visit();
    await clinic.book(own);
    const path = `/appointments/practitioners/${own.practitionerId}/availability`;
    const closed = { timeZone: 'UTC', weekly: [], exceptions: [] };
    const { reply, rows } = await traced(system.staff, 'PUT', path, closed, { 'if-match': '*' });
    expect([reply.status, rows]).toMatchObject([409, [{ status: 409, patient_id: own.patientId }]]);
  });
});

describe('a denial', () => {
  it('for want of a scope is logged with the patient that the path names', async () => {
    const { id } = await clinic.patient();
    const client = await system.as({ scopes: ['audit.read'], subject: 'curious' });
    for (const method of ['GET', 'PATCH']) {
      const { rows } = await traced(client, method, `/patients/${id}`, method === 'GET' ? undefined : {});
      expect(rows).toMatchObject([{ status: 403, caller: 'curious', patient_id: id }]);
    }
  });

  it('of another patient’s token is logged with whose it is', async () => {
    const [own, other] = await Promise.all([clinic.patient(), clinic.patient()]);
    const { id: appointmentId } = await clinic.book({ ...visit, patientId: other.id });
    const client = await system.as({ patientId: own.id });
    const onPatient = await traced(client, 'GET', `/patients/${other.id}`);
    expect(onPatient.rows).toMatchObject([{ status: 403, patient_id: other.id, patient_token: own.id }]);
    const onRecord = await traced(client, 'GET', `/appointments/${appointmentId}`);
    expect(onRecord.rows).toMatchObject([{ status: 403, record_id: appointmentId, patient_id: other.id }]);
  });
});

describe('X-Purpose-Of-Use', () => {
  it('that is no code of the value set is refused and names the header', async () => {
    const { id } = await clinic.patient();
    for (const value of ['CURIOSITY', 'treat', '', 'TREAT, HPAYMT']) {
      const { status, body } = await system.staff.get(`/patients/${id}`, { [purpose]: value });
      expect([status, body.code, body.errors]).toEqual([
        400,
        'validation_failed',
        [{ path: purpose, message: expect.stringContaining('v3-PurposeOfUse') }],
      ]);
    }
  });

  it('is looked at after the right to ask at all, and what is no code is not logged', async () => {
    const { id } = await clinic.patient();
    const client = await system.as({ scopes: ['audit.read'] });
    const headers = { [purpose]: 'CURIOSITY' };
    const { reply, rows } = await traced(client, 'GET', `/patients/${id}`, undefined, headers);
    expect([reply.status, rows]).toMatchObject([403, [{ status: 403, patient_id: id, purpose: null }]]);
  });
});

describe('GET /patients/{id}/access-log', () => {
  const read = async (client: Client, id: string, query = '') =>
    client.get<Page<AccessLogEntryDto>>(`/patients/${id}/access-log${query}`);

  it('tells who saw or changed the record, newest first, page by page, itself among them', async () => {
    const { id } = await clinic.patient();
    await system.staff.get(`/patients/${id}`, { [purpose]: 'HPAYMT', 'x-request-id': 'a-read' });
    await system.staff.change('PATCH', `/patients/${id}`, 1, { gender: 'female' });
    const first = await read(system.staff, id, '?limit=2');
    expect(first.body.items).toMatchObject([
      { action: 'update', status: 200, by: 'local-user', route: 'PATCH /patients/:id' },
      { action: 'read', status: 200, purpose: 'HPAYMT', requestId: 'a-read' },
    ]);
    const next = await read(system.staff, id, `?limit=2&cursor=${first.body.nextCursor ?? ''}`);
    expect(next.body).toMatchObject({ items: [{ action: 'create', status: 201 }], nextCursor: null });
    const again = await read(system.staff, id, '?limit=2');
    expect(again.body.items.map(({ route }) => route)).toEqual(Array(2).fill('GET /patients/:id/access-log'));
  });

  it('is for the scope audit.read, and for the patient without any', async () => {
    const [own, other] = await Promise.all([clinic.patient(), clinic.patient()]);
    const staff = await system.as({ scopes: ['patients.read'] });
    expect((await read(staff, own.id)).status).toBe(403);
    const auditor = await system.as({ scopes: ['audit.read'] });
    expect((await read(auditor, own.id)).status).toBe(200);
    const patient = await system.as({ patientId: own.id, scopes: [] });
    const answered = await read(patient, own.id);
    expect([answered.status, answered.body.items.length]).toEqual([200, 3]);
    expect((await read(patient, other.id)).status).toBe(403);
    expect((await read(patient, own.id)).body.items[0]).toMatchObject({ byPatient: true, status: 200 });
  });

  it('is 404 for nobody, and refuses a cursor that is none', async () => {
    expect((await read(system.staff, randomUUIDv7())).status).toBe(404);
    const { id } = await clinic.patient();
    expect((await read(system.staff, id, '?cursor=abc')).status).toBe(400);
  });
});
