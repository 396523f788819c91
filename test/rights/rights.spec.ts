import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { scopes as everyScope, services } from '#catalogue';
import { startProcesses, type ProcessSystem } from '../harness/processes.ts';
import { Workshop, type Report } from '../schemathesis/workshop.ts';
import { populate, type Population } from './population.ts';

interface Caller {
  readonly scopes: readonly string[];
  readonly hasToken: boolean;
  readonly isPatient?: boolean;
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
let workshop: Workshop;

beforeAll(async () => {
  const files = ['schemathesis.toml', 'rights.py'].map((file) => join(import.meta.dirname, file));
  [workshop, system] = await Promise.all([Workshop.open(files), startProcesses()]);
});
afterAll(async () => {
  for (const [kind, count] of counted) process.stdout.write(`${kind}: ${count} requests\n`);
  await system.stop();
  await workshop.close();
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
  const { hasToken, isPatient = false } = caller;
  const scopes = caller.scopes.map((scope) => `clinic/${scope}`);
  const isOutsider = !hasToken || isPatient;
  await writeFile(
    join(workshop.directory, 'caller.json'),
    JSON.stringify({ scopes, hasToken, isOutsider, own: isPatient ? own : null, aims, foreign }),
  );
  const { issuer, staff } = system;
  const token = hasToken && (await issuer.token({ scopes, ...(isPatient && { patientId: own }) }));
  const { outcome, report } = await workshop.examine({
    document: `${staff.url}${prefix}/openapi.json`,
    args: ['--checks', 'not_a_server_error,within_rights,nobody_elses'],
    environment: { CLINIC_AUTHORIZATION: token ? `Bearer ${token}` : '' },
  });
  return { output: outcome.output, report };
}
