import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { services } from '#catalogue';
import type { AccessLogEntryDto, Page } from '#contracts';
import { ahead, Clinic, type Visit } from '../harness/clinic.ts';
import type { Client, Reply } from '../harness/client.ts';
import { logged, type LoggedAccess } from '../harness/access-log.ts';
import { somebodyNew } from '../harness/people.ts';
import { startSystem, type System } from '../harness/system.ts';

interface Operation {
  parameters?: { name: string }[];
  responses: Record<string, { content?: Record<string, { schema: object }> }>;
}
interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object> };
}

let system: System;
let clinic: Clinic;
let visit: Visit;
let documents: Document[];
const purpose = 'X-Purpose-Of-Use';

beforeAll(async () => {
  system = await startSystem();
  clinic = new Clinic(system.staff);
  visit = await clinic.visit();
  documents = await Promise.all(
    services.map(async ({ prefix }) => (await system.staff.get<Document>(`${prefix}/openapi.json`)).body),
  );
});
afterAll(() => system.stop());

/** Every operation of both services, and whether its document says that it is about patients. */
function operations(): [name: string, isAboutPatients: boolean, operation: Operation, document: Document][] {
  return documents.flatMap((document) =>
    Object.entries(document.paths).flatMap(([path, each]) =>
      Object.entries(each).map(([method, operation]): [string, boolean, Operation, Document] => {
        const { parameters = [] } = operation;
        const isAbout = parameters.some(({ name }) => name === purpose);
        return [`${method.toUpperCase()} ${path}`, isAbout, operation, document];
      }),
    ),
  );
}

type Send = (headers: Record<string, string>) => Promise<Reply>;
let days = 10;
const later = (): Visit => ({ ...visit, start: ahead(++days) });

/** A request on each route that is about patients, and the patient whom it is about. */
const requests: Record<string, () => Promise<[send: Send, patientId: string]>> = {
  'POST /patients': async () => {
    const known = somebodyNew();
    const { id } = await clinic.patient(known);
    return [(headers) => system.staff.post('/patients', known, headers), id];
  },
  'GET /patients': async () => {
    const { id } = await clinic.patient();
    return [(headers) => system.staff.get('/patients?limit=1', headers), id];
  },
  'GET /patients/{id}': () => byId('GET', (id) => `/patients/${id}`),
  'GET /patients/{id}/access-log': () => byId('GET', (id) => `/patients/${id}/access-log`),
  'PATCH /patients/{id}': () => byId('PATCH', (id) => `/patients/${id}`, { gender: 'other' }),
  'POST /patients/search': async () => {
    const { id, mrn } = (await clinic.patient()) as { id: string; mrn?: string };
    return [(headers) => system.staff.post('/patients/search', { mrn }, headers), id];
  },
  'POST /patients/match': async () => {
    const person = somebodyNew();
    const { id } = await clinic.patient(person);
    return [(headers) => system.staff.post('/patients/match', person, headers), id];
  },
  'POST /patients/merges': async () => {
    const [survivor, duplicate] = await Promise.all([clinic.patient(), clinic.patient()]);
    const merge = { survivorId: survivor.id, duplicateId: duplicate.id, reason: 'The same person.' };
    return [(headers) => system.staff.post('/patients/merges', merge, headers), duplicate.id];
  },
  'GET /patients/merges/{id}': async () => {
    const [mergeId, patientId] = await merged();
    return [(headers) => system.staff.get(`/patients/merges/${mergeId}`, headers), patientId];
  },
  'POST /patients/merges/{id}/undo': async () => {
    const [mergeId, patientId] = await merged();
    return [(headers) => system.staff.post(`/patients/merges/${mergeId}/undo`, {}, headers), patientId];
  },
  'PUT /appointments/practitioners/{id}/availability': async () => {
    const own = await clinic.visit();
    await clinic.book(own);
    const path = `/appointments/practitioners/${own.practitionerId}/availability?conflicts=cancel`;
    const closed = { timeZone: 'UTC', weekly: [], exceptions: [] };
    return [
      (headers) => system.staff.send('PUT', path, closed, { 'if-match': '*', ...headers }),
      own.patientId,
    ];
  },
  'GET /appointments/slots': () => byQuery('/slots', `typeId=TYPE&from=${ahead(1)}&to=${ahead(2)}`),
  'GET /appointments/slots/explain': () =>
    byQuery('/slots/explain', `typeId=TYPE&practitionerId=PRACTITIONER&start=${ahead(1)}`),
  'POST /appointments/holds': () => byBody('/holds', later()),
  'GET /appointments/holds/{id}': async () => onRecord('GET', '/holds', await clinic.hold(later())),
  'DELETE /appointments/holds/{id}': async () => onRecord('DELETE', '/holds', await clinic.hold(later())),
  'POST /appointments/series': () => byBody('/series', { ...later(), recurrence: daily }),
  'GET /appointments/series/{id}': async () => onRecord('GET', '/series', await series()),
  'POST /appointments/series/{id}/cancel': async () =>
    onRecord('POST', '/series', await series(), '/cancel', {}),
  'POST /appointments/waitlist': () => byBody('/waitlist', wish()),
  'GET /appointments/waitlist': () => byQuery('/waitlist', 'limit=1'),
  'GET /appointments/waitlist/{id}': async () => onRecord('GET', '/waitlist', await clinic.wait(wish())),
  'GET /appointments/waitlist/{id}/history': async () =>
    onRecord('GET', '/waitlist', await clinic.wait(wish()), '/history'),
  'DELETE /appointments/waitlist/{id}': async () =>
    onRecord('DELETE', '/waitlist', await clinic.wait(wish())),
  'POST /appointments/waitlist/{id}/accept': async () =>
    onRecord('POST', '/waitlist', await clinic.wait(wish()), '/accept', {}),
  'POST /appointments/waitlist/{id}/decline': async () =>
    onRecord('POST', '/waitlist', await clinic.wait(wish()), '/decline', {}),
  'POST /appointments': () => byBody('', later()),
  'GET /appointments': () => byQuery('', 'limit=1'),
  'GET /appointments/{id}': async () => onRecord('GET', '', await clinic.book(later())),
  'GET /appointments/{id}/history': async () => onRecord('GET', '', await clinic.book(later()), '/history'),
  'POST /appointments/{id}/reschedule': async () =>
    onRecord('POST', '', await clinic.book(later()), '/reschedule', { start: later().start }),
  'POST /appointments/{id}/status': async () =>
    onRecord('POST', '', await clinic.book(later()), '/status', { status: 'arrived' }),
};
const daily = { frequency: 'daily', count: 2 };
const wish = () => ({
  patientId: visit.patientId,
  typeId: visit.typeId,
  earliest: ahead(5),
  latest: ahead(6),
});

async function byId(method: string, pathOf: (id: string) => string, body?: object): Promise<[Send, string]> {
  const { id } = await clinic.patient();
  return [(headers) => system.staff.send(method, pathOf(id), body, { 'if-match': '*', ...headers }), id];
}
function byQuery(path: string, query: string): Promise<[Send, string]> {
  const { typeId, practitionerId, patientId } = visit;
  const filled = query.replace('TYPE', typeId).replace('PRACTITIONER', practitionerId);
  const target = `/appointments${path}?patientId=${patientId}&${filled}`;
  return Promise.resolve([(headers) => system.staff.get(target, headers), patientId]);
}
function byBody(path: string, body: object): Promise<[Send, string]> {
  days += 3;
  return Promise.resolve([
    (headers) => system.staff.post(`/appointments${path}`, body, headers),
    visit.patientId,
  ]);
}
function onRecord(
  method: string,
  path: string,
  { id }: { id: string },
  below = '',
  body?: object,
): [Send, string] {
  const target = `/appointments${path}/${id}${below}`;
  return [(headers) => system.staff.send(method, target, body, headers), visit.patientId];
}
async function series(): Promise<{ id: string }> {
  days += 3;
  return clinic.series({ ...later(), start: ahead(days), recurrence: daily });
}
async function merged(): Promise<[mergeId: string, patientId: string]> {
  const [survivor, duplicate] = await Promise.all([clinic.patient(), clinic.patient()]);
  const merge = { survivorId: survivor.id, duplicateId: duplicate.id, reason: 'The same person.' };
  const { body } = await system.staff.post<{ id: string }>('/patients/merges', merge);
  return [body.id, duplicate.id];
}

describe('the documents say which routes are about patients', () => {
  it('and those that are not answer nothing that names one', () => {
    const naming = /"(patientId|mrn|survivorId|duplicateId|replacedBy)"/;
    for (const [name, isAbout, { responses }, { components }] of operations()) {
      const answers = Object.entries(responses).filter(([status]) => status.startsWith('2'));
      const schema = JSON.stringify(answers.map(([, answer]) => resolved(answer, components.schemas)));
      if (!isAbout) expect([name, naming.exec(schema)?.[0]]).toEqual([name, undefined]);
    }
  });

  it('and each of those that are leaves a row about the patient in the log of its service', async () => {
    const about = operations().flatMap(([name, isAbout]) => (isAbout ? [name] : []));
    expect(Object.keys(requests).sort()).toEqual(about.sort());
    for (const [name, prepare] of Object.entries(requests)) {
      const [send, patientId] = await prepare();
      const requestId = `walk-${randomUUIDv7()}`;
      const { status } = await send({ 'x-request-id': requestId, [purpose]: 'TREAT' });
      const rows = await logged(system.database, requestId);
      const [method = '', path = ''] = name.split(' ');
      expect([name, rows.filter((row) => row.patient_id === patientId)]).toEqual([
        name,
        [
          expect.objectContaining({
            ...{ caller: 'local-user', status, purpose: 'TREAT', patient_token: null },
            route: `${method} ${path.replace('{id}', ':id')}`,
          }),
        ],
      ]);
    }
  });
});

/** A schema with what it refers to in its place. */
function resolved(schema: unknown, schemas: Record<string, object>): unknown {
  if (Array.isArray(schema)) return schema.map((part) => resolved(part, schemas));
  if (typeof schema !== 'object' || schema === null) return schema;
  const reference = '$ref' in schema && /^#\/components\/schemas\/(\w+)$/.exec(String(schema.$ref))?.[1];
  if (reference) return resolved(schemas[reference], schemas);
  return Object.fromEntries(Object.entries(schema).map(([name, part]) => [name, resolved(part, schemas)]));
}

/** Sends a request that can be found in the log. */
async function traced(
  client: Client,
  method: string,
  path: string,
  body?: object,
  headers: Record<string, string> = {},
): Promise<{ reply: Reply; rows: LoggedAccess[] }> {
  const requestId = randomUUIDv7();
  const reply = await client.send(method, path, body, { 'x-request-id': requestId, ...headers });
  return { reply, rows: await logged(system.database, requestId) };
}

describe('a read', () => {
  it('names every patient of a page, each once, as one access', async () => {
    const made = [await clinic.patient(), await clinic.patient()];
    const { rows } = await traced(system.staff, 'GET', '/patients?limit=2');
    expect(rows.map(({ patient_id }) => patient_id).sort()).toEqual(made.map(({ id }) => id).sort());
    expect(new Set(rows.map(({ id }) => id)).size).toBe(1);
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
    expect([reply.status, rows.length]).toEqual([304, 1]);
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
    const { id: appointmentId } = await clinic.book({ ...later(), patientId: other.id });
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
