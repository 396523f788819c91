import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { services } from '#catalogue';
import { ahead, Clinic } from '../harness/clinic.ts';
import { startProcesses, type ProcessSystem } from '../harness/processes.ts';
import { pythonPrograms, run, type Outcome } from '../python/environment.ts';

/** What schemathesis tells of a run in `--report json`, as far as it is looked at. */
interface Report {
  complete: boolean;
  operations: { total: number; tested: number; errored: number };
  phases: Record<string, { status: string }>;
  test_cases: { generated: number };
  failures: object[];
  errors: object[];
  warnings: Record<string, unknown[]>;
}

let system: ProcessSystem;
let programs: string;
let directory: string;

beforeAll(async () => {
  const requirements = join(import.meta.dirname, 'requirements.txt');
  [programs, system] = await Promise.all([pythonPrograms(requirements), startProcesses()]);
  directory = await mkdtemp(join(tmpdir(), 'clinic-schemathesis-'));
});
afterAll(async () => {
  await system.stop();
  await rm(directory, { recursive: true, force: true });
});

describe.each(services)('the OpenAPI document of the $name service', ({ prefix, name }) => {
  it('is kept to by every answer, to what it allows and to what it does not', async () => {
    await writeDictionaries();
    const { outcome, report } = await examine(prefix);
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

async function examine(prefix: string): Promise<{ outcome: Outcome; report: Report }> {
  for (const file of ['schemathesis.toml', 'hooks.py'])
    await copyFile(join(import.meta.dirname, file), join(directory, file));
  const reportFile = join(directory, 'report.json');
  await rm(reportFile, { force: true });
  const document = `${system.staff.url}${prefix}/openapi.json`;
  const reporting = ['--report', 'json', '--report-json-path', reportFile];
  const outcome = await run(
    join(programs, 'schemathesis'),
    ['run', document, '--no-color', ...reporting],
    // Never as an argument, which everybody on the machine can read.
    { cwd: directory, environment: { CLINIC_TOKEN: system.staff.token } },
  );
  const report = await readFile(reportFile, 'utf8').catch(() => {
    throw new Error(`schemathesis ended with ${outcome.exitCode ?? 'a signal'}:\n${outcome.output}`);
  });
  return { outcome, report: JSON.parse(report) as Report };
}

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
  await writeFile(join(directory, `${name}.dict`), values.map((value) => `"${value}"\n`).join(''));
}
