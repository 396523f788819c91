import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { count } from '../faults/database.ts';
import { book, repeat } from '../faults/outcome.ts';
import { ahead, Clinic, type Resource } from '../harness/clinic.ts';
import { startProcesses, type ProcessSystem } from '../harness/processes.ts';
import { Findings } from './findings.ts';
import { Asker, type Target } from './asker.ts';
import { compare, tell } from './comparison.ts';
import { scriptOf, transactionAround, transactionsPerSecond } from './pgbench.ts';
import { serverLog, withSettings } from './server-log.ts';

const rounds = 5;
/** Long beside what pgbench's clients need to prepare their statements. */
const seconds = 5;
const callerCounts = [1, 8, 64];
/** Each with a patient of its own, so that nobody is in anybody's way. */
const practitionerCount = 64;
/** Beyond what the service books. */
const firstDayOfBaseline = 400;

const findings = new Findings(
  'transactions',
  'Booking, beside the database by itself',
  `\`POST /appointments\` for times that are free, beside pgbench running the same statements, as PostgreSQL logged them, with
as many clients: what the database can do when nobody validates, decides, checks tokens or speaks HTTP. pgbench sends them one
by one, prepared; the service sends several in one packet where they don't depend on each other.`,
);
let system: ProcessSystem;
let type: Resource;
let practitioners: Resource[];
let patients: Resource[];
let script: string;
let target: Target;
const asker = new Asker();
let day = firstDayOfBaseline;

beforeAll(async () => {
  system = await startProcesses();
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
  const recorded = {
    typeId: type.id,
    practitionerId: practitioners[0]?.id ?? '',
    patientId: patients[0]?.id ?? '',
    start: ahead(1, '09:00'),
  };
  const log = await withSettings(superuserUrl, 'appointment', settings, async () => {
    const { process, direct } = await system.another('appointment');
    const before = serverLog().length;
    expect((await book(direct, recorded)).status).toBe(201);
    await process.stop();
    return serverLog().slice(before);
  });
  const variables = { [recorded.practitionerId]: 'practitioner', [recorded.patientId]: 'patient' };
  script = scriptOf(
    transactionAround(log, 'booking_schedule_key_share'),
    { variables, constant: [type.id], day: recorded.start.slice(0, 10) },
    ['practitioner', 'patient']
      .map(
        (table) => `select id as ${table} from (
          select id, row_number() over (order by id) from appointment.${table}) as numbered
        where row_number = :client_id + 1 \\gset`,
      )
      .join('\n'),
  );
  target = {
    port: system.services.appointment.port,
    token: system.staff.token ?? '',
    live: '/appointments/health/live',
    path: '/appointments',
    booking: {
      typeId: type.id,
      pairs: practitioners.map(({ id }, index) => ({
        practitionerId: id,
        patientId: patients[index]?.id ?? '',
      })),
      first: ahead(2, '00:00'),
    },
    from: 0,
  };
});
afterAll(async () => {
  asker.stop();
  await findings.save();
  await system.stop();
});

async function bookings(callers: number): Promise<number> {
  const { goodPerSecond, statuses, next } = await asker.ask({ target, callers, seconds });
  target = { ...target, from: next };
  expect(Object.keys(statuses)).toEqual(['201']);
  return goodPerSecond;
}

async function transactions(clients: number): Promise<number> {
  const before = await count(system.database, 'appointment.appointment');
  const tps = await transactionsPerSecond(system.database.urlOf('appointment'), script, {
    ...{ clients, seconds, from: day },
  });
  expect(await count(system.database, 'appointment.appointment')).toBeGreaterThan(
    before + (tps * seconds) / 2,
  );
  // No client is so fast.
  day += 5_000 * seconds;
  return tps;
}

it.each(callerCounts)('%d callers', async (callers) => {
  await bookings(callers);
  await transactions(callers);
  const found = await compare(
    rounds,
    () => bookings(callers),
    () => transactions(callers),
  );
  findings.add(`POST /appointments, free times, ${callers} callers, beside pgbench`, tell(found), '>= 0.5');
});
