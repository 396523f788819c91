import { setTimeout as sleep } from 'node:timers/promises';
import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { repeat } from '../faults/outcome.ts';
import { ahead, Clinic, type Booking } from '../harness/clinic.ts';
import { startProcesses, type ProcessSystem } from '../harness/processes.ts';
import { spread, timed } from './durations.ts';
import { Findings } from './findings.ts';
import { fillWaitlist } from './waitlist.rows.ts';

const waiting = 10_000;
const cancellations = 100;
const atOnce = 20;
const targetMs = 2_000;
/** They begin before everybody else has had what there is. */
const warmUp = 5;

const findings = new Findings(
  'waitlist',
  'Freed times and those who wait',
  `How long after a cancellation its time is offered to the first in line of ${waiting} who wait, by two processes of the book.`,
);
let system: ProcessSystem;
let superuser: pg.Pool;
let bookings: readonly Booking[];

beforeAll(async () => {
  system = await startProcesses();
  await system.another('appointment');
  superuser = new pg.Pool({ connectionString: system.database.superuserUrl, max: 8 });
  const clinic = new Clinic(system.staff);
  const typeIds = (await repeat(4, 1, () => clinic.type())).map(({ id }) => id);
  const practitionerIds = (await repeat(10, 1, () => clinic.practitioner(typeIds))).map(({ id }) => id);
  const patientIds = Array.from({ length: cancellations + atOnce + warmUp }, () => randomUUIDv7());
  await superuser.query(
    'insert into appointment.patient (id, active, version) select unnest($1::uuid[]), true, 1',
    [patientIds],
  );
  bookings = await repeat(patientIds.length, 4, (index) =>
    clinic.book({
      typeId: typeIds[index % typeIds.length],
      practitionerId: practitionerIds[index % practitionerIds.length],
      patientId: patientIds[index],
      start: ahead(10 + (index % 40), `${8 + (index % 9)}:30`.padStart(5, '0')),
    }),
  );
  await fillWaitlist(system.database.superuserUrl, waiting, { typeIds, practitionerIds });
});
afterAll(async () => {
  await findings.save();
  await superuser.end();
  await system.stop();
});

/** Cancels, and waits until the time is offered to somebody. */
async function free({ id, practitionerId, start }: Booking): Promise<void> {
  const reply = await system.staff.post(`/appointments/${id}/status`, { status: 'cancelled' });
  expect(reply.status).toBe(200);
  const offered = `select from appointment.waitlist_entry
    where status = 'offered' and offer_practitioner_id = $1 and offer_start_at = $2`;
  while ((await superuser.query(offered, [practitionerId, start])).rowCount === 0) await sleep(5);
}

it(`offers a freed time to the first of ${waiting} who wait`, async () => {
  const next = (index: number): Booking => {
    const booking = bookings[index];
    if (!booking) throw new Error('there is one more to cancel');
    return booking;
  };
  const wanted = `longest < ${targetMs} ms`;
  for (let index = 0; index < warmUp; index += 1) await free(next(index));
  const alone = await timed(cancellations, 1, (index) => free(next(warmUp + index)));
  findings.add(`${cancellations} times, freed one after the other`, spread(alone.durations), wanted);
  const together = await timed(atOnce, atOnce, (index) => free(next(warmUp + cancellations + index)));
  findings.add(`${atOnce} times, freed at once`, spread(together.durations), wanted);
  expect(Math.max(...alone.durations, ...together.durations)).toBeLessThan(targetMs);
});
