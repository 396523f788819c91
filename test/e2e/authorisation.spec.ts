import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { livePath, readyPath, scopes as described, services } from '#catalogue';
import { ahead, Clinic, type Resource } from '../harness/clinic.ts';
import { Client } from '../harness/client.ts';
import { TestIssuer, unsigned } from '../harness/issuer.ts';
import { isDocumentation, operationsOf, routesOf } from '../harness/routes.ts';
import { startSystem, type System } from '../harness/system.ts';

// The contract's own table: which scope lets a token in, and what a patient's own token reaches there.
const table: readonly [route: string, scope: string, patientReaches: 'nothing' | 'own' | 'all'][] = [
  ['POST /patients', 'patients.write', 'nothing'],
  ['GET /patients', 'patients.read', 'nothing'],
  ['GET /patients/{id}', 'patients.read', 'own'],
  ['PATCH /patients/{id}', 'patients.write', 'nothing'],
  ['GET /patients/{id}/access-log', 'audit.read', 'own'],
  ['POST /patients/merges', 'patients.merge', 'nothing'],
  ['GET /patients/merges/{id}', 'patients.merge', 'nothing'],
  ['POST /patients/merges/{id}/undo', 'patients.merge', 'nothing'],
  ['POST /patients/search', 'patients.read', 'nothing'],
  ['POST /patients/match', 'patients.read', 'nothing'],
  ['POST /appointments/practitioners', 'schedules.write', 'nothing'],
  ['GET /appointments/practitioners', 'schedules.read', 'all'],
  ['GET /appointments/practitioners/{id}', 'schedules.read', 'all'],
  ['PATCH /appointments/practitioners/{id}', 'schedules.write', 'nothing'],
  ['GET /appointments/practitioners/{id}/availability', 'schedules.read', 'nothing'],
  ['PUT /appointments/practitioners/{id}/availability', 'schedules.write', 'nothing'],
  ['POST /appointments/rooms', 'schedules.write', 'nothing'],
  ['GET /appointments/rooms', 'schedules.read', 'all'],
  ['GET /appointments/rooms/{id}', 'schedules.read', 'all'],
  ['PATCH /appointments/rooms/{id}', 'schedules.write', 'nothing'],
  ['POST /appointments/types', 'schedules.write', 'nothing'],
  ['GET /appointments/types', 'schedules.read', 'all'],
  ['GET /appointments/types/{id}', 'schedules.read', 'all'],
  ['PATCH /appointments/types/{id}', 'schedules.write', 'nothing'],
  ['GET /appointments/slots', 'appointments.read', 'own'],
  ['GET /appointments/slots/explain', 'appointments.read', 'own'],
  ['POST /appointments/holds', 'appointments.write', 'own'],
  ['GET /appointments/holds/{id}', 'appointments.write', 'own'],
  ['DELETE /appointments/holds/{id}', 'appointments.write', 'own'],
  ['POST /appointments/series', 'appointments.write', 'own'],
  ['GET /appointments/series/{id}', 'appointments.write', 'own'],
  ['POST /appointments/series/{id}/cancel', 'appointments.write', 'own'],
  ['POST /appointments/waitlist', 'appointments.write', 'own'],
  ['GET /appointments/waitlist', 'appointments.write', 'own'],
  ['GET /appointments/waitlist/{id}', 'appointments.write', 'own'],
  ['GET /appointments/waitlist/{id}/history', 'appointments.write', 'own'],
  ['DELETE /appointments/waitlist/{id}', 'appointments.write', 'own'],
  ['POST /appointments/waitlist/{id}/accept', 'appointments.write', 'own'],
  ['POST /appointments/waitlist/{id}/decline', 'appointments.write', 'own'],
  ['POST /appointments', 'appointments.write', 'own'],
  ['GET /appointments', 'appointments.read', 'own'],
  ['GET /appointments/{id}', 'appointments.read', 'own'],
  ['GET /appointments/{id}/history', 'appointments.read', 'own'],
  ['POST /appointments/{id}/reschedule', 'appointments.write', 'own'],
  ['POST /appointments/{id}/status', 'appointments.write', 'own'],
];
/** Those the table is about; the tests of a service that was made by `new:service` have a table of their own. */
const inTable = services.filter(({ prefix }) => table.some(([route]) => route.includes(` ${prefix}`)));
const openRoutes = inTable.flatMap((service) => [`GET ${livePath(service)}`, `GET ${readyPath(service)}`]);
const scopes: readonly string[] = Object.keys(described);
const everyScope = scopes.map((scope) => `clinic/${scope}`).join(' ');

/** A patient and what is that patient's. */
interface Person {
  patientId: string;
  appointmentId: string;
  holdId: string;
  seriesId: string;
  entryId: string;
}

let issuer: TestIssuer;
let system: System;
let [own, other]: Person[] = [];
const nobody: Person = {
  patientId: randomUUIDv7(),
  appointmentId: randomUUIDv7(),
  holdId: randomUUIDv7(),
  seriesId: randomUUIDv7(),
  entryId: randomUUIDv7(),
};

beforeAll(async () => {
  issuer = await TestIssuer.start();
  system = await startSystem({ OIDC_ISSUER: issuer.url });
  const clinic = new Clinic(await holding({ scope: everyScope }));
  const type = await clinic.type();
  const practitioner = await clinic.practitioner([type.id]);
  const withAppointment = async ({ id: patientId }: Resource, time: string): Promise<Person> => {
    const booking = { typeId: type.id, practitionerId: practitioner.id, patientId, start: ahead(2, time) };
    const { id: appointmentId } = await clinic.book(booking);
    const { id: holdId } = await clinic.hold({ ...booking, start: ahead(3, time), ttlSeconds: 900 });
    const recurrence = { frequency: 'daily', count: 2 };
    const { id: seriesId } = await clinic.series({ ...booking, start: ahead(4, time), recurrence });
    const window = { earliest: ahead(5), latest: ahead(6) };
    const { id: entryId } = await clinic.wait({ patientId, typeId: type.id, ...window });
    return { patientId, appointmentId, holdId, seriesId, entryId };
  };
  own = await withAppointment(await clinic.patient(), '09:00');
  other = await withAppointment(await clinic.patient(), '10:00');
});
afterAll(async () => {
  await system.stop();
  await issuer.stop();
});

async function holding(claims: object): Promise<Client> {
  return new Client(system.url, await issuer.token({ ...claims }));
}

/** What becomes of a request: whether it is let in, whatever is then made of it. */
type Outcome = 'in' | 401 | 403;

async function outcome(client: Client, route: string, about: Person, headers = {}): Promise<Outcome> {
  const [method = '', template = ''] = route.split(' ');
  const byQuery = ['', '/slots', '/slots/explain', '/waitlist'].map((path) => `GET /appointments${path}`);
  const query = byQuery.includes(route) ? `?patientId=${about.patientId}` : '';
  const path = template.replace('{id}', idFor(template, about)) + query;
  const byBody = ['', '/holds', '/series', '/waitlist'].map((path) => `POST /appointments${path}`);
  const hasBody = !['GET', 'DELETE'].includes(method);
  const body = byBody.includes(route) ? { patientId: about.patientId } : hasBody ? {} : undefined;
  const { status } = await client.send(method, path, body, headers);
  return status === 401 || status === 403 ? status : 'in';
}

function idFor(template: string, about: Person): string {
  if (template.startsWith('/patients')) return about.patientId;
  if (template.startsWith('/appointments/holds')) return about.holdId;
  if (template.startsWith('/appointments/waitlist')) return about.entryId;
  return template.startsWith('/appointments/series') ? about.seriesId : about.appointmentId;
}

interface Attempt {
  route: string;
  with: string;
  expected: Outcome;
  got: Outcome;
}

/** The attempts that ended otherwise than the contract says. */
const surprises = (attempts: Attempt[]) => attempts.filter(({ expected, got }) => expected !== got);

function given(person: Person | undefined): Person {
  if (!person) throw new Error('no such person was set up');
  return person;
}

it('the table names every route that the applications have and document, and no other', async () => {
  expect(inTable.map(({ name }) => name)).toEqual(expect.arrayContaining(['patient', 'appointment']));
  const running = inTable
    .flatMap(({ name }) => routesOf(system.apps[name]))
    .filter((route) => !isDocumentation(route));
  const documents = await Promise.all(
    inTable.map(({ prefix }) =>
      system.staff.get<{ paths: Record<string, object> }>(`${prefix}/openapi.json`),
    ),
  );
  const documented = documents.flatMap(({ body }) => operationsOf(body));
  const named = [...openRoutes, ...table.map(([route]) => route)].sort();
  expect(running.sort()).toEqual(named);
  expect(documented.sort()).toEqual(named);
});

it('no route but the open ones lets in a request whose token is missing or proves nothing', async () => {
  const claims = { scope: everyScope };
  const past = Math.floor(Date.now() / 1000) - 60;
  const good = await issuer.token(claims);
  const headers: Record<string, string | undefined> = {
    'no header': undefined,
    'an empty header': '',
    'no scheme': good,
    'another scheme': `Basic ${good}`,
    'a token with a tail': `Bearer ${good} x`,
    'two tokens': `Bearer ${good}, Bearer ${good}`,
    'no JWT': 'Bearer abc',
    'parts that are no JSON': 'Bearer a.b.c',
    'another key': `Bearer ${await issuer.forged(claims)}`,
    'a changed payload': `Bearer ${withOtherPayload(good, claims)}`,
    'alg none': `Bearer ${unsigned({ iss: issuer.url, aud: 'clinic', sub: 'tester', ...claims })}`,
    'the public key as a secret': `Bearer ${await issuer.symmetric(claims)}`,
    expired: `Bearer ${await issuer.token({ ...claims, exp: past })}`,
    'no expiry': `Bearer ${await issuer.token({ ...claims, exp: undefined })}`,
    'not valid yet': `Bearer ${await issuer.token({ ...claims, nbf: past + 3600 })}`,
    'another issuer': `Bearer ${await issuer.token({ ...claims, iss: 'https://issuer.example' })}`,
    'another audience': `Bearer ${await issuer.token({ ...claims, aud: 'other' })}`,
    'no audience': `Bearer ${await issuer.token({ ...claims, aud: undefined })}`,
    'no subject': `Bearer ${await issuer.token({ ...claims, sub: undefined })}`,
    'an empty subject': `Bearer ${await issuer.token({ ...claims, sub: '' })}`,
    'a patient_id that is none': `Bearer ${await issuer.token({ ...claims, patient_id: 'x' })}`,
  };
  const anyone = new Client(system.url, undefined);
  const attempts: Attempt[] = [];
  for (const [name, authorization] of Object.entries(headers)) {
    const header = authorization === undefined ? {} : { authorization };
    for (const route of [...openRoutes, ...table.map(([route]) => route)])
      attempts.push({
        route,
        with: name,
        expected: openRoutes.includes(route) ? 'in' : 401,
        got: await outcome(anyone, route, given(own), header),
      });
  }
  expect(surprises(attempts)).toEqual([]);
});

it('each route lets in the tokens that carry its scope, and no others', async () => {
  const bearers: [name: string, scope: string | undefined][] = [
    ...scopes.map((scope): [string, string] => [scope, `openid clinic/${scope}`]),
    ['none', undefined],
    ['all without the prefix', scopes.join(' ')],
    ['all of another API', scopes.map((scope) => `other/${scope}`).join(' ')],
  ];
  const attempts: Attempt[] = [];
  for (const [name, scope] of bearers) {
    const client = await holding({ scope });
    for (const [route, needed] of table)
      attempts.push({
        route,
        with: name,
        expected: name === needed ? 'in' : 403,
        got: await outcome(client, route, given(own)),
      });
  }
  expect(surprises(attempts)).toEqual([]);
});

it('a patient’s own token reaches what is that patient’s, and of others nothing, whether or not it exists', async () => {
  const client = await holding({ scope: everyScope, patient_id: given(own).patientId });
  const attempts: Attempt[] = [];
  for (const [route, , reaches] of table)
    for (const [name, person] of Object.entries({ own: given(own), other: given(other), nobody }))
      attempts.push({
        route,
        with: name,
        expected: reaches === 'all' || (reaches === 'own' && name === 'own') ? 'in' : 403,
        got: await outcome(client, route, person),
      });
  expect(surprises(attempts)).toEqual([]);
});

it('a patient’s own token must say whose appointments it lists, and may leave it open whose slots', async () => {
  const client = await holding({ scope: everyScope, patient_id: given(own).patientId });
  expect((await client.get('/appointments')).status).toBe(403);
  expect((await client.get('/appointments/slots')).status).toBe(400);
  const twice = `patientId=${given(own).patientId}&patientId=${given(other).patientId}`;
  expect((await client.get(`/appointments?${twice}`)).status).toBe(403);
  expect((await client.post('/appointments', [])).status).toBe(403);
});

it('a patient can cancel an appointment but not say who came', async () => {
  const client = await holding({ scope: everyScope, patient_id: given(own).patientId });
  const path = `/appointments/${given(own).appointmentId}/status`;
  const arrived = await client.post(path, { status: 'arrived' });
  expect([arrived.status, arrived.body.code]).toEqual([403, 'forbidden']);
  expect((await client.post(path, { status: 'cancelled' })).status).toBe(200);
});

it('a refusal says how to do better (RFC 6750)', async () => {
  const anyone = new Client(system.url, undefined);
  const missing = await anyone.get('/patients');
  expect([missing.body.code, missing.headers.get('www-authenticate')]).toEqual(['unauthorized', 'Bearer']);
  const invalid = await anyone.get('/patients', { authorization: 'Bearer a.b.c' });
  expect(invalid.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
  const lacking = await (await holding({ scope: 'clinic/audit.read' })).get('/patients');
  expect(lacking.body.code).toBe('insufficient_scope');
  expect(lacking.headers.get('www-authenticate')).toContain('error="insufficient_scope"');
});

it('what nothing answers is told without a token, and documentation is open', async () => {
  const anyone = new Client(system.url, undefined);
  const paths = {
    '/patients/a/b': 404,
    '/appointments/rooms/a/b': 404,
    '/patients/docs': 200,
    '/appointments/docs': 200,
    '/patients/openapi.json': 200,
    '/appointments/openapi.json': 200,
  };
  for (const [path, status] of Object.entries(paths)) expect((await anyone.get(path)).status).toBe(status);
});

function withOtherPayload(token: string, claims: object): string {
  const [header = '', , signature = ''] = token.split('.');
  return [
    header,
    unsigned({ iss: issuer.url, aud: 'clinic', sub: 'admin', ...claims }).split('.')[1],
    signature,
  ].join('.');
}
