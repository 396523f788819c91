import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { book, repeat } from '../faults/outcome.ts';
import { ahead, Clinic, halfHour } from '../harness/clinic.ts';
import { Client } from '../harness/client.ts';
import { startProcesses, type ProcessSystem } from '../harness/processes.ts';
import { Asker, targetOf, type LoadReport } from './asker.ts';
import { callerCounts, compare, tell } from './comparison.ts';
import { median } from './durations.ts';
import { Findings } from './findings.ts';
import { startServer } from './server-process.ts';

const rounds = 7;
const seconds = 1;
const appointmentsOfDay = 12;

const findings = new Findings(
  'reading',
  'Reading, beside servers written by hand',
  `The baselines answer the same JSON out of the same statements, with the same token check and the same access log, on
bare \`node:http\` and on bare Express, and do nothing else: no validation, no problems, no limits, no telemetry. Callers who
ask at once share statements there where they do in the services. Neither writes a line of the log for each request here.`,
);
const undo = new AsyncDisposableStack();
const asker = new Asker();
let system: ProcessSystem;
let bare: Record<'node:http' | 'express', Client>;
let patientPath: string;
let dayPath: string;
/** Of one patient alone. */
const phone = '+441632960123';

beforeAll(async () => {
  system = await startProcesses();
  undo.defer(() => system.stop());
  const clinic = new Clinic(system.staff);
  const type = await clinic.type();
  const practitioner = await clinic.practitioner([type.id]);
  const patients = await repeat(appointmentsOfDay, 4, (index) =>
    clinic.patient({ telecom: [{ system: 'phone', value: index === 0 ? phone : '+441632960018' }] }),
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
  const { url, stop } = await startServer('bare.server.ts', {
    ...{ FRAMEWORK: framework, ISSUER: system.issuer.url },
    ...{
      PATIENT_URL: system.database.urlOf('patient'),
      APPOINTMENT_URL: system.database.urlOf('appointment'),
    },
  });
  undo.defer(stop);
  return new Client(url, system.staff.token);
}

/** What is asked for: by GET or, with a body, by POST. */
interface Question {
  path: string;
  body?: object;
}

const ask = (client: Client, { path, body }: Question) => (body ? client.post(path, body) : client.get(path));

const load = (client: Client, { path, body }: Question, callers: number): Promise<LoadReport> =>
  asker.ask({ target: targetOf(client, path, body && { kind: 'one', body }), callers, seconds });

it.each([
  {
    what: 'GET /patients/{id}',
    service: 'patient',
    question: (): Question => ({ path: patientPath }),
    wanted: { 'node:http': 0.6, express: 0.85 },
  },
  {
    what: 'POST /patients/search, a phone',
    service: 'patient',
    question: (): Question => ({ path: '/patients/search', body: { phone } }),
    wanted: { 'node:http': undefined, express: undefined },
  },
  {
    what: 'GET /appointments, a day',
    service: 'appointment',
    question: (): Question => ({ path: dayPath }),
    wanted: { 'node:http': 0.7, express: undefined },
  },
] as const)('$what', async ({ what, service, question: questionOf, wanted }) => {
  const [subject, question] = [system.direct[service], questionOf()];
  const perSecond = async (client: Client, callers: number) =>
    (await load(client, question, callers)).goodPerSecond;
  const { body } = await ask(subject, question);
  const series: { name: string; values: number[] }[] = [{ name: 'the service', values: [] }];
  for (const [name, least] of Object.entries(wanted)) {
    const baseline = bare[name as keyof typeof bare];
    expect((await ask(baseline, question)).body).toEqual(body);
    for (const client of [subject, baseline, subject, baseline]) await perSecond(client, 64);
    const values: number[] = [];
    for (const callers of callerCounts) {
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
  for (let round = 0; round < rounds; round += 1) reports.push(await load(subject, question, 64));
  const ratio = median(reports.map(({ p50Ms, p99Ms }) => p99Ms / p50Ms));
  findings.add(`${what}, 64 callers, p99 beside p50`, ratio.toFixed(1), '<= 4');
});
