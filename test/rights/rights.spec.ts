import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scopes as everyScope, services } from '#catalogue';
import { startProcesses, type ProcessSystem } from '../harness/processes.ts';
import { pythonPrograms, run } from '../python/environment.ts';
import { populate, type Population } from './population.ts';

interface Caller {
  readonly scopes: readonly string[];
  readonly hasToken: boolean;
  readonly isPatient?: boolean;
}

/** What schemathesis tells of a run in `--report json`, as far as it is looked at. */
interface Report {
  complete: boolean;
  operations: { total: number; tested: number };
  test_cases: { generated: number };
  failures: object[];
  errors: object[];
}

const kinds: Record<string, Caller> = {
  'nobody, without a token': { scopes: [], hasToken: false },
  'staff with every scope': { scopes: Object.keys(everyScope), hasToken: true },
  'a patient': {
    scopes: ['patients.read', 'schedules.read', 'appointments.read', 'appointments.write'],
    hasToken: true,
    isPatient: true,
  },
};
const oneScope = Object.keys(everyScope).map((scope) => ({ scope, scopes: [scope], hasToken: true }));
const leastRequests = 10_000;
const counted = new Map<string, number>();

let system: ProcessSystem;
let programs: string;
let directory: string;

beforeAll(async () => {
  const requirements = join(import.meta.dirname, '..', 'schemathesis', 'requirements.txt');
  [programs, system] = await Promise.all([pythonPrograms(requirements), startProcesses()]);
  directory = await mkdtemp(join(tmpdir(), 'clinic-rights-'));
});
afterAll(async () => {
  for (const [kind, count] of counted) process.stdout.write(`${kind}: ${count} requests\n`);
  await system.stop();
  await rm(directory, { recursive: true, force: true });
});

describe.each(services)('the $name service', ({ prefix, scopes }) => {
  it.each(Object.entries(kinds))(
    'gives %s nothing without a right, and never fails',
    async (kind, caller) => {
      await examine(prefix, kind, caller);
    },
  );

  it.each(oneScope.filter(({ scope }) => scope in scopes))(
    'gives staff with $scope alone nothing else, and never fails',
    async (caller) => {
      await examine(prefix, 'staff with one scope', caller);
    },
  );
});

it(`was asked ${leastRequests} times`, () => {
  const total = [...counted.values()].reduce((sum, count) => sum + count, 0);
  expect(total).toBeGreaterThanOrEqual(leastRequests);
});

async function examine(prefix: string, kind: string, caller: Caller): Promise<void> {
  // Of its own for each: what one caller did to it must not hide from the next what there was.
  const clinic = await populate(system.staff);
  const isOutsider = !caller.hasToken || caller.isPatient === true;
  const before = isOutsider && (await stateOf(clinic));
  const { output, report } = await schemathesis(prefix, caller, clinic);
  counted.set(kind, (counted.get(kind) ?? 0) + report.test_cases.generated);
  // The output says what failed and how to repeat it.
  if (report.failures.length + report.errors.length > 0) process.stdout.write(output);
  expect(report).toMatchObject({ complete: true, failures: [], errors: [] });
  expect(report.operations.tested).toBe(report.operations.total);
  if (before) expect(await stateOf(clinic)).toEqual(before);
}

async function stateOf({ foreignPaths }: Population): Promise<unknown[]> {
  const replies = await Promise.all(foreignPaths.map((path) => system.staff.get(path)));
  expect(replies.map(({ status }) => status)).toEqual(foreignPaths.map(() => 200));
  return replies.map(({ body }) => body);
}

async function schemathesis(
  prefix: string,
  caller: Caller,
  { own, aims, foreign }: Population,
): Promise<{ output: string; report: Report }> {
  for (const file of ['schemathesis.toml', 'rights.py'])
    await copyFile(join(import.meta.dirname, file), join(directory, file));
  const { hasToken, isPatient = false } = caller;
  const scopes = caller.scopes.map((scope) => `clinic/${scope}`);
  const isOutsider = !hasToken || isPatient;
  await writeFile(
    join(directory, 'caller.json'),
    JSON.stringify({ scopes, hasToken, isOutsider, aims, foreign }),
  );
  const reportFile = join(directory, 'report.json');
  await rm(reportFile, { force: true });
  const { issuer, staff } = system;
  const token = hasToken && (await issuer.token({ scopes, ...(isPatient && { patientId: own }) }));
  const { output } = await run(
    join(programs, 'schemathesis'),
    [
      ...['run', `${staff.url}${prefix}/openapi.json`, '--no-color'],
      ...['--checks', 'not_a_server_error,within_rights,nobody_elses'],
      ...['--report', 'json', '--report-json-path', reportFile],
    ],
    // Never as an argument, which everybody on the machine can read.
    { cwd: directory, environment: { CLINIC_AUTHORIZATION: token ? `Bearer ${token}` : '' } },
  );
  const report = await readFile(reportFile, 'utf8').catch(() => {
    throw new Error(`schemathesis wrote no report:\n${output}`);
  });
  return { output, report: JSON.parse(report) as Report };
}
