import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { freePort } from '../../tools/processes.ts';
import { book, repeat } from '../faults/outcome.ts';
import { ahead, Clinic, halfHour } from '../harness/clinic.ts';
import { Client } from '../harness/client.ts';
import { startProcesses, type ProcessSystem } from '../harness/processes.ts';
import { Asker, type LoadReport } from './asker.ts';
import { compare, tell } from './comparison.ts';
import { median } from './durations.ts';
import { Findings } from './findings.ts';

const rounds = 7;
const seconds = 1.5;
const callerCounts = [1, 8, 64];
const appointmentsOfDay = 12;

const findings = new Findings(
  'reading',
  'Reading, beside servers written by hand',
  `The baselines answer the same JSON out of the same statements, with the same token check and the same access log, on
bare \`node:http\` and on bare Express, and do nothing else: no validation, no problems, no limits, no telemetry. Callers who
ask at once share statements there as in the services. Neither writes a line of the log for each request here.`,
);
const undo = new AsyncDisposableStack();
const asker = new Asker();
let system: ProcessSystem;
let bare: Record<'node:http' | 'express', Client>;
let patientPath: string;
let dayPath: string;

beforeAll(async () => {
  system = await startProcesses();
  undo.defer(() => system.stop());
  const clinic = new Clinic(system.staff);
  const type = await clinic.type();
  const practitioner = await clinic.practitioner([type.id]);
  const patients = await repeat(appointmentsOfDay, 4, () =>
    clinic.patient({ telecom: [{ system: 'phone', value: '+441632960018' }] }),
  );
  for (const [index, { id }] of patients.entries()) {
    const start = halfHour(2, index);
    const { status } = await book(system.staff, {
      ...{ typeId: type.id, practitionerId: practitioner.id, patientId: id, start },
    });
    expect(status).toBe(201);
  }
  patientPath = `/patients/${patients[0]?.id ?? ''}`;
  dayPath = `/appointments?practitionerId=${practitioner.id}&from=${ahead(2, '00:00')}&to=${ahead(3, '00:00')}&limit=50`;
  bare = { 'node:http': await startBare('node:http'), express: await startBare('express') };
});
afterAll(async () => {
  asker.stop();
  await findings.save();
  await undo.disposeAsync();
});

async function startBare(framework: string): Promise<Client> {
  const port = await freePort();
  const server = fork(join(import.meta.dirname, 'bare.server.ts'), {
    execArgv: [],
    env: {
      ...{ NODE_ENV: 'production', FRAMEWORK: framework, PORT: String(port), ISSUER: system.issuer.url },
      ...{
        PATIENT_URL: system.database.urlOf('patient'),
        APPOINTMENT_URL: system.database.urlOf('appointment'),
      },
    },
  });
  undo.defer(async () => {
    server.kill();
    await once(server, 'exit');
  });
  await once(server, 'message');
  return new Client(`http://127.0.0.1:${port}`, system.staff.token);
}

const load = ({ url, token = '' }: Client, path: string, callers: number): Promise<LoadReport> =>
  asker.ask({
    target: { port: Number(new URL(url).port), token, live: '/patients/health/live', path, from: 0 },
    ...{ callers, seconds },
  });

it.each([
  ['GET /patients/{id}', () => system.direct.patient, () => patientPath, { 'node:http': 0.6, express: 0.85 }],
  [
    'GET /appointments, a day',
    () => system.direct.appointment,
    () => dayPath,
    { 'node:http': 0.7, express: undefined },
  ],
] as const)('%s', async (what, subjectOf, pathOf, wanted) => {
  const [subject, path] = [subjectOf(), pathOf()];
  const perSecond = async (client: Client, callers: number) =>
    (await load(client, path, callers)).goodPerSecond;
  const { body } = await subject.get(path);
  const series: { name: string; values: number[] }[] = [{ name: 'the service', values: [] }];
  for (const [name, least] of Object.entries(wanted)) {
    const baseline = bare[name as keyof typeof bare];
    expect((await baseline.get(path)).body).toEqual(body);
    const values: number[] = [];
    for (const callers of callerCounts) {
      for (const client of [subject, baseline, subject, baseline]) await perSecond(client, callers);
      const found = await compare(
        rounds,
        () => perSecond(subject, callers),
        () => perSecond(baseline, callers),
      );
      findings.add(
        `${what}, ${callers} callers, beside bare ${name}`,
        tell(found),
        least === undefined ? undefined : `>= ${least}`,
      );
      if (name === 'node:http') series[0]?.values.push(found.subject);
      values.push(found.baseline);
    }
    series.push({ name: `bare ${name}`, values });
  }
  findings.plot({
    title: what,
    across: 'callers',
    categories: callerCounts.map(String),
    unit: 'a second',
    series,
  });
  const reports: LoadReport[] = [];
  for (let round = 0; round < rounds; round += 1) reports.push(await load(subject, path, 64));
  const ratio = median(reports.map(({ p50Ms, p99Ms }) => p99Ms / p50Ms));
  findings.add(`${what}, 64 callers, p99 beside p50`, ratio.toFixed(1), '<= 4');
});
