import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { services } from '#catalogue';
import { ahead, Clinic } from '../harness/clinic.ts';
import { startProcesses, type ProcessSystem } from '../harness/processes.ts';
import { Workshop } from './workshop.ts';

let system: ProcessSystem;
let workshop: Workshop;

beforeAll(async () => {
  const files = ['schemathesis.toml', 'hooks.py'].map((file) => join(import.meta.dirname, file));
  [workshop, system] = await Promise.all([Workshop.open(files), startProcesses()]);
});
afterAll(async () => {
  await system.stop();
  await workshop.close();
});

describe.each(services)('the OpenAPI document of the $name service', ({ prefix, name }) => {
  it('is kept to by every answer, to what it allows and to what it does not', async () => {
    await writeDictionaries();
    const { outcome, report } = await workshop.examine({
      document: `${system.staff.url}${prefix}/openapi.json`,
      environment: { CLINIC_TOKEN: system.staff.token },
    });
    process.stdout.write(`schemathesis on ${name}: ${report.test_cases.generated} test cases\n`);
    // The output says what failed and how to repeat it.
    if (outcome.exitCode !== 0) process.stdout.write(outcome.output);
    expect(outcome.exitCode).toBe(0);
    expect(report).toMatchObject({ complete: true, failures: [], errors: [] });
    expect(report.operations).toMatchObject({ tested: report.operations.total, errored: 0 });
    for (const phase of ['examples', 'coverage', 'fuzzing', 'stateful'])
      expect([phase, report.phases[phase]?.status]).toEqual([phase, 'success']);
  });
});

/** A clinic for schemathesis to find by its ids, several of each: it deactivates what it gets hold of. */
async function writeDictionaries(): Promise<void> {
  const clinic = new Clinic(system.staff);
  const several = <T>(make: () => Promise<T>): Promise<T[]> => Promise.all(Array.from({ length: 4 }, make));
  const types = await several(() => clinic.type());
  const typeIds = types.map(({ id }) => id);
  const made = {
    types,
    patients: await several(() => clinic.patient()),
    practitioners: await several(() => clinic.practitioner(typeIds)),
    rooms: await several(() => clinic.room()),
  };
  for (const [name, resources] of Object.entries(made))
    await writeDictionary(
      name,
      resources.map(({ id }) => id),
    );
  const days = Array.from({ length: 60 }, (_, day) => ahead(day + 1));
  await writeDictionary('starts', days.slice(0, 30));
  await writeDictionary('ends', days.slice(30));
}

async function writeDictionary(name: string, values: readonly string[]): Promise<void> {
  await writeFile(join(workshop.directory, `${name}.dict`), values.map((value) => `"${value}"\n`).join(''));
}
