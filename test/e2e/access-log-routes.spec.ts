import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { services } from '#catalogue';
import { ahead, Clinic, type Visit } from '../harness/clinic.ts';
import type { Reply } from '../harness/client.ts';
import { logged } from '../harness/access-log.ts';
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
