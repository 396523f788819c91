import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { ahead, Clinic } from '../harness/clinic.ts';
import { startProcesses, type ProcessSystem } from '../harness/processes.ts';
import { contradictionsIn, count } from './database.ts';
import { book, repeat, tally, type BookingReply } from './outcome.ts';

const callers = 200;
const rounds = 50;

let system: ProcessSystem;
let clinic: Clinic;
let patients: readonly string[];

beforeAll(async () => {
  system = await startProcesses();
  clinic = new Clinic(system.staff);
  patients = (await repeat(callers, 10, () => clinic.patient())).map(({ id }) => id);
});
afterAll(() => system.stop());

afterEach(async () => {
  expect(await contradictionsIn(system.database)).toEqual([]);
});

it('books each time for one of 200 callers at once and offers the others what they can have', async () => {
  const type = await clinic.type();
  const practitioner = await clinic.practitioner([type.id]);
  const durations: number[] = [];

  for (let round = 0; round < rounds; round += 1) {
    const wanted = { typeId: type.id, practitionerId: practitioner.id, start: ahead(2 + round) };
    const replies = await atOnce(
      patients.map((patientId) => ({ ...wanted, patientId })),
      durations,
    );
    expect(tally(replies)).toEqual({ '201': 1, '409 slot_taken practitioner_busy': callers - 1 });
    for (const { status, body } of replies) if (status === 409) expect(body.alternatives).toHaveLength(3);
  }

  tell(`${callers} bookings of one time at once, ${rounds} times`, durations);
  const ofPractitioner = 'where practitioner_id = $1';
  const booked = await count(system.database, `appointment.appointment ${ofPractitioner}`, [practitioner.id]);
  expect(booked).toBe(rounds);
}, 180_000);

it('books just the times there are for 500 callers at once, five to a time, and nobody in a deadlock', async () => {
  const type = await clinic.type();
  const { id: practitionerId } = await clinic.practitioner([type.id]);
  const first = Temporal.Instant.from(ahead(200, '00:00'));
  // On days of their own: the patients are those of the other tests.
  const replies = await atOnce(
    Array.from({ length: 500 }, (_, index) => ({
      typeId: type.id,
      practitionerId,
      patientId: patients[(index * 7) % callers],
      start: first.add({ minutes: 30 * (index % 100) }).toString(),
    })),
  );
  expect(replies.filter(({ status }) => status === 201)).toHaveLength(100);
  expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([201, 409]));
  const deadlocks = 'pg_stat_database where datname = current_database() and deadlocks > 0';
  expect(await count(system.database, deadlocks)).toBe(0);
});

it('books a patient once for each time, of however many practitioners it is wanted at once', async () => {
  const type = await clinic.type();
  const practitioners = await repeat(20, 5, () => clinic.practitioner([type.id]));
  const patientId = (await clinic.patient()).id;
  for (let round = 0; round < 5; round += 1) {
    // Half of them by half an hour later: the patient can have one of each.
    const replies = await atOnce(
      practitioners.map(({ id }, index) => ({
        typeId: type.id,
        practitionerId: id,
        patientId,
        start: ahead(2 + round, index % 2 === 0 ? '09:00' : '09:30'),
      })),
    );
    expect(tally(replies)).toEqual({ '201': 2, '409 slot_taken patient_busy': 18 });
  }
});

it('fills the last rooms, each once, whoever asks for them in whatever order', async () => {
  const type = await clinic.type({ needsRoom: true });
  const practitioners = await repeat(30, 5, () => clinic.practitioner([type.id]));
  await clinic.room();
  await clinic.room();
  for (let round = 0; round < 15; round += 1) {
    const replies = await atOnce(
      practitioners.map(({ id }, index) => ({
        typeId: type.id,
        practitionerId: id,
        patientId: patients[index],
        start: ahead(2 + round, '15:00'),
      })),
    );
    expect(tally(replies)).toEqual({ '201': 2, '409 slot_taken no_room_free': 28 });
  }
});

function atOnce(bookings: readonly object[], durations: number[] = []): Promise<BookingReply[]> {
  return Promise.all(
    bookings.map(async (booking) => {
      const since = performance.now();
      const reply = await book(system.direct.appointment, booking);
      durations.push(performance.now() - since);
      return reply;
    }),
  );
}

function tell(what: string, durations: readonly number[]): void {
  const sorted = durations.toSorted((a, b) => a - b);
  const at = (share: number) =>
    `${Math.round(sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN)} ms`;
  console.info(`${what}: p50 ${at(0.5)}, p99 ${at(0.99)}, longest ${at(1)}`);
}
