import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { services } from '#catalogue';
import { forEach } from '../faults/outcome.ts';
import { ahead, Clinic } from '../harness/clinic.ts';
import { isDocumentation, routesOf } from '../harness/routes.ts';
import { query } from '../harness/sql.ts';
import { startSystem, type System } from '../harness/system.ts';
import { badBodies, badFields } from './bad-bodies.ts';
import type { BadRequest, Wrong } from './bad-request.ts';
import { badHeaders, badMethods, badPaths, badQueries } from './bad-targets.ts';
import { goodValue } from './good-values.ts';
import { operationsIn, type Document, type Operation } from './document.ts';
import { faultsOf } from './refusal.ts';

const atOnce = 8;
/** Every field of every body takes thousands of requests. */
const withinMs = 300_000;

let system: System;
let operations: Operation[];
/** By collection the id of one that is there. */
const ids = new Map<string, string>();
const visited = new Set<string>();

beforeAll(async () => {
  system = await startSystem();
  const documents = await Promise.all(
    services.map(({ prefix }) => system.staff.get<Document>(`${prefix}/openapi.json`)),
  );
  operations = documents.flatMap(({ body }) => operationsIn(body));
  await fill();
});
afterAll(() => system.stop());

async function fill(): Promise<void> {
  const clinic = new Clinic(system.staff);
  const type = await clinic.type();
  const practitioner = await clinic.practitioner([type.id]);
  const patient = await clinic.patient();
  const visit = { typeId: type.id, practitionerId: practitioner.id, patientId: patient.id };
  const recurrence = { frequency: 'daily', count: 2 };
  ids.set('/patients', patient.id);
  ids.set('/appointments/types', type.id);
  ids.set('/appointments/practitioners', practitioner.id);
  ids.set('/appointments/rooms', (await clinic.room()).id);
  ids.set('/appointments/holds', (await clinic.hold({ ...visit, start: ahead(1), ttlSeconds: 900 })).id);
  ids.set('/appointments/series', (await clinic.series({ ...visit, start: ahead(2), recurrence })).id);
  ids.set('/appointments', (await clinic.book({ ...visit, start: ahead(4) })).id);
  for (const { method, path, body } of operations)
    if (method === 'POST' && body && services.some(({ prefix }) => prefix === path) && !ids.has(path)) {
      const { body: made } = await system.staff.post<{ id: string }>(path, goodValue(body));
      ids.set(path, made.id);
    }
}

it.each<[string, (operation: Operation) => Wrong[]]>([
  ['a body whose fields are not what they should be', ({ body }) => (body ? badFields(body) : [])],
  [
    'a body that is no JSON object in UTF-8',
    ({ body, contentTypes }) => (body ? badBodies(contentTypes) : []),
  ],
  ['a query that is malformed, unknown or given twice', badQueries],
  ['headers that are malformed', badHeaders],
  ['a path whose id is none', badPaths],
  ['another method', (operation) => badMethods(operation, operations)],
])(
  'refuses %s, everywhere and as documented, and keeps nothing of it',
  async (_, wrongsOf) => {
    const requests = operations.flatMap((operation) =>
      wrongsOf(operation).map((wrong) => ({ operation, ...wrong })),
    );
    const before = await contents();
    const faults = await faultsOfAll(requests);
    // Many faults are one fault many times.
    expect(faults.slice(0, 20)).toEqual([]);
    expect(await contents()).toEqual(before);
    for (const { operation } of requests) visited.add(operation.name);
  },
  withinMs,
);

it('has tried every route', () => {
  const routes = services
    .flatMap(({ name }) => routesOf(system.apps[name]))
    .filter((route) => !isDocumentation(route));
  expect([...visited].sort()).toEqual(routes.sort());
});

it('books as before afterwards', async () => {
  const clinic = new Clinic(system.staff);
  const type = await clinic.type();
  const practitioner = await clinic.practitioner([type.id]);
  const patient = await clinic.patient();
  await clinic.book({
    typeId: type.id,
    practitionerId: practitioner.id,
    patientId: patient.id,
    start: ahead(1),
  });
  for (const { prefix } of services)
    expect((await system.staff.get(`${prefix}/health/ready`)).status).toBe(200);
});

async function faultsOfAll(requests: readonly BadRequest[]): Promise<string[]> {
  return (await forEach(requests, atOnce, attempt)).flat();
}

async function attempt(request: BadRequest): Promise<string[]> {
  const { operation, wrong, method = operation.method, query: search, headers, body } = request;
  const id = ids.get(operation.path.split('/{id}')[0] ?? '') ?? '01935a3e-5b7c-7abc-8def-0123456789ab';
  const path = request.path ?? operation.path.replace('{id}', id);
  const versioned = operation.parameters.some(({ name }) => name === 'If-Match');
  const reply = await system.staff.send<unknown>(
    method,
    search === undefined ? path : `${path}?${search}`,
    body ?? (operation.body ? '{}' : undefined),
    { ...(versioned && { 'if-match': '*' }), ...headers },
  );
  return faultsOf(request, reply, path).map((fault) => `${operation.name}, ${wrong}: ${fault}`);
}

/** A digest of every row that the services keep, but for those of the access log, which tells of refusals too. */
async function contents(): Promise<Record<string, string>> {
  const tables = await query<{ name: string }>(
    system.database.superuserUrl,
    'select format($$%I.%I$$, schemaname, tablename) as name from pg_tables where schemaname = any($1) and tablename not like $$access_log%$$ order by 1',
    [services.map(({ name }) => name)],
  );
  const digests = tables.map(async ({ name }) => {
    const digest = `select count(*) || ' ' || md5(coalesce(string_agg(t::text, ',' order by t::text), '')) as rows from ${name} t`;
    const [row] = await query<{ rows: string }>(system.database.superuserUrl, digest);
    return [name, row?.rows ?? ''] as const;
  });
  return Object.fromEntries(await Promise.all(digests));
}
