import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { book, repeat } from '../faults/outcome.ts';
import { ahead, Clinic, type Resource } from '../harness/clinic.ts';
import { startProcesses, type ProcessSystem } from '../harness/processes.ts';
import { query } from '../harness/sql.ts';
import { Findings } from './findings.ts';
import { compare, offer } from './offer.ts';
import { scriptOf, serverLog, transactionAround, transactionsPerSecond } from './pgbench.ts';

const rounds = 7;
const seconds = 2;
const callerCounts = [1, 8, 64];
/** Each with a patient of its own, so that nobody is in anybody's way. */
const practitionerCount = 64;
const days = 360;
/** Beyond what the service books. */
const firstDayOfBaseline = 400;

const findings = new Findings(
  'transactions',
  'Booking, beside the database by itself',
  `\`POST /appointments\` for times that are free, beside pgbench running the same statements, as PostgreSQL logged them, with
as many clients: what the database can do when nobody validates, decides, checks tokens or speaks HTTP.`,
);
let system: ProcessSystem;
let type: Resource;
let practitioners: Resource[];
let patients: Resource[];
let script: string;
let booked = 0;
let day = firstDayOfBaseline;

const bookingOf = (number: number) => ({
  typeId: type.id,
  practitionerId: practitioners[number % practitionerCount]?.id,
  patientId: patients[number % practitionerCount]?.id,
  start: ahead(2 + Math.floor(number / practitionerCount), '09:00'),
});

beforeAll(async () => {
  system = await startProcesses({ environment: { LOG_LEVEL: 'info' } });
  const clinic = new Clinic(system.staff);
  type = await clinic.type({ maxDaysAhead: 365 });
  practitioners = await repeat(practitionerCount, 4, () => clinic.practitioner([type.id]));
  patients = await repeat(practitionerCount, 4, () => clinic.patient());
  const { superuserUrl } = system.database;
  const settings = {
    log_min_duration_statement: '0',
    log_parameter_max_length: '-1',
    log_error_verbosity: 'default',
  };
  for (const [name, value] of Object.entries(settings))
    await query(superuserUrl, `alter role appointment set ${name} = '${value}'`);
  const { process, direct } = await system.another('appointment');
  const before = serverLog().length;
  const recorded = bookingOf(booked++);
  expect((await book(direct, recorded)).status).toBe(201);
  await process.stop();
  for (const name of Object.keys(settings)) await query(superuserUrl, `alter role appointment reset ${name}`);
  const variables = {
    [recorded.practitionerId ?? '']: 'practitioner',
    [recorded.patientId ?? '']: 'patient',
  };
  script = scriptOf(
    transactionAround(serverLog().slice(before), 'booking_schedule_key_share'),
    { variables, constant: [type.id], day: recorded.start.slice(0, 10) },
    ['practitioner', 'patient']
      .map(
        (table) => `select id as ${table} from (
          select id, row_number() over (order by id) from appointment.${table}) as numbered
        where row_number = :client_id + 1 \\gset`,
      )
      .join('\n'),
  );
});
afterAll(async () => {
  await findings.save();
  await system.stop();
});

async function bookings(callers: number): Promise<number> {
  const { url, token = '' } = system.direct.appointment;
  const requests = Array.from({ length: 2_000 * seconds }, (_, index) => ({
    path: '/appointments',
    body: JSON.stringify(bookingOf(booked + index)),
  }));
  const { perSecond, sent } = await offer({
    url,
    token,
    callers,
    seconds,
    method: 'POST',
    requests,
    status: 201,
  });
  booked += sent;
  expect(booked).toBeLessThan(practitionerCount * days);
  return perSecond;
}

async function transactions(clients: number): Promise<number> {
  const before = await appointments();
  const tps = await transactionsPerSecond(system.database.urlOf('appointment'), script, {
    ...{ clients, seconds, from: day },
  });
  expect(await appointments()).toBeGreaterThan(before + (tps * seconds) / 2);
  // No client is so fast.
  day += 5_000 * seconds;
  return tps;
}

async function appointments(): Promise<number> {
  const [row] = await query<{ count: string }>(
    system.database.superuserUrl,
    'select count(*) from appointment.appointment',
  );
  return Number(row?.count);
}

it.each(callerCounts)('%d callers', async (callers) => {
  await bookings(callers);
  await transactions(callers);
  const found = await compare(
    rounds,
    () => bookings(callers),
    () => transactions(callers),
  );
  findings.add(
    `POST /appointments, free times, ${callers} callers, beside pgbench`,
    `${found.median.toFixed(2)} (${found.least.toFixed(2)} to ${found.most.toFixed(2)}); ${found.subject.toFixed(0)} a second beside ${found.baseline.toFixed(0)}`,
    '>= 0.5',
  );
});
