import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Clinic } from '../harness/clinic.ts';
import { startProcesses, type ProcessSystem } from '../harness/processes.ts';

// What is built is not what the other suites run: a package that got into the bundle twice would show here.

let system: ProcessSystem;
let clinic: Clinic;

beforeAll(async () => {
  system = await startProcesses();
  clinic = new Clinic(system.staff);
});
afterAll(() => system.stop());

it('as built, changes the nested parts of a patient', async () => {
  const { id } = await clinic.patient();
  const patch = {
    name: [{ family: ' A\u030Angstro\u0308m ' }],
    telecom: [{ system: 'phone', value: '+44 20 7946 0018' }],
    address: [{ city: 'London' }],
    identifier: [{ system: 'urn:example', value: '1' }],
  };
  const { status, body } = await system.staff.change('PATCH', `/patients/${id}`, 1, patch);
  expect([status, body]).toEqual([
    200,
    expect.objectContaining({
      name: [{ family: 'Ångström', given: [], prefix: [] }],
      telecom: [{ system: 'phone', value: '+442079460018' }],
    }),
  ]);
});

it('as built, holds a merge patch to the rules of the whole', async () => {
  const { id } = await clinic.type();
  const blank = await system.staff.change('PATCH', `/appointments/types/${id}`, 1, { name: ' ' });
  expect([blank.status, blank.body.code]).toEqual([400, 'validation_failed']);
  const practitioner = await clinic.practitioner([]);
  const typeIds = [id.toUpperCase()];
  const path = `/appointments/practitioners/${practitioner.id}`;
  const changed = await system.staff.change('PATCH', path, 1, { typeIds });
  expect([changed.status, changed.body.typeIds]).toEqual([200, [id]]);
});

it('as built, serves the documentation page', async () => {
  for (const path of ['/patients/docs', '/patients/docs/swagger-ui.css', '/appointments/openapi.json'])
    expect((await system.staff.get(path)).status).toBe(200);
});

it.each(['patients', 'appointments'])(
  'as built, describes every part of what /%s takes and gives',
  async (path) => {
    const { body } = await system.staff.get<{ components: { schemas: object } }>(`/${path}/openapi.json`);
    const known = Object.keys(body.components.schemas);
    const named = [...JSON.stringify(body).matchAll(/#\/components\/schemas\/([^"]*)/g)].map(
      ([, name]) => name,
    );
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((name) => !known.includes(name ?? ''))).toEqual([]);
  },
);
