import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { ahead, Clinic, type Booking } from '../harness/clinic.ts';
import { startProcesses, type ProcessSystem } from '../harness/processes.ts';
import { query } from '../harness/sql.ts';
import { contradictionsIn, count } from './database.ts';
import { book, outcome, repeat, tally, type BookingReply } from './outcome.ts';

const kills = 5;

let system: ProcessSystem;
let clinic: Clinic;
let patients: readonly string[];

beforeAll(async () => {
  system = await startProcesses();
  clinic = new Clinic(system.staff);
  patients = (await repeat(20, 5, () => clinic.patient())).map(({ id }) => id);
});
afterAll(() => system.stop());

afterEach(async () => {
  expect(await contradictionsIn(system.database)).toEqual([]);
});

it('leaves everything as it was when the new time is taken', async () => {
  const [taken, moving] = await appointmentsAt(ahead(2, '09:00'), ahead(2, '10:00'));
  const before = await rowsOf(moving);
  expect(outcome(await move(moving, taken.start))).toBe('409 slot_taken practitioner_busy');
  expect(await rowsOf(moving)).toEqual(before);
  expect((await system.staff.get(`/appointments/${moving.id}`)).body).toEqual(moving);
});

it('lets two appointments change places by way of a free time', async () => {
  const [one, other] = await appointmentsAt(ahead(3, '09:00'), ahead(3, '10:00'));
  const ways = [
    await move(one, ahead(3, '15:00')),
    await move(other, one.start),
    await move(one, other.start),
  ];
  expect(tally(ways)).toEqual({ '200': 3 });
  expect(await startsOf([one, other])).toEqual([other.start, one.start]);
});

it('gives the old time to the next who asks', async () => {
  for (let round = 0; round < 10; round += 1) {
    const [appointment] = await appointmentsAt(ahead(4 + round));
    const { typeId, practitionerId, start } = appointment;
    expect(outcome(await move(appointment, ahead(4 + round, '11:00')))).toBe('200');
    const next = { typeId, practitionerId, patientId: patients[19], start };
    expect(outcome(await book(system.direct.appointment, next))).toBe('201');
  }
});

it('gives a free time to one of all who want to move there at once, and leaves the others where they are', async () => {
  for (let round = 0; round < 5; round += 1) {
    const times = Array.from({ length: 16 }, (_, index) =>
      ahead(20 + round, `${index + 7}:00`.padStart(5, '0')),
    );
    const appointments = await appointmentsAt(...times);
    const target = ahead(20 + round, '03:00');
    const replies = await Promise.all(appointments.map((each) => move(each, target)));
    expect(tally(replies)).toEqual({ '200': 1, '409 slot_taken practitioner_busy': 15 });
    const expected = times.map((start, index) => (replies[index]?.status === 200 ? target : start));
    expect(await startsOf(appointments)).toEqual(expected);
  }
});

it('gives the last rooms, each once, to those who hold and those who move at once', async () => {
  const type = await clinic.type({ needsRoom: true });
  const practitioners = await repeat(12, 4, () => clinic.practitioner([type.id]));
  const rooms = await repeat(2, 1, () => clinic.room());
  const wanted = practitioners.map(({ id }, index) => ({
    ...{ typeId: type.id, practitionerId: id, patientId: patients[index] },
  }));
  for (let round = 0; round < 6; round += 1) {
    const start = ahead(40 + round, '15:00');
    // Half of them have appointments one after the other, two of them a room at a time.
    const moving = await repeat(6, 1, (index) =>
      clinic.book({ ...wanted[index], start: ahead(40 + round, `0${index + 1}:00`) }),
    );
    const replies = await Promise.all([
      ...moving.map((each) => move(each, start)),
      ...wanted.slice(6).map((each) => hold({ ...each, start })),
    ]);
    const { '200': moved = 0, '201': held = 0, ...refused } = tally(replies);
    expect([moved + held, refused]).toEqual([2, { '409 slot_taken no_room_free': 10 }]);
    const inRooms = 'appointment.claim where resource_id = any($1) and during @> $2::timestamptz';
    expect(await count(system.database, inRooms, [rooms.map(({ id }) => id), start])).toBe(2);
  }
});

it('has every appointment at its old or its new time when the service is killed while it moves them', async () => {
  const homes = Array.from({ length: 8 }, (_, index) => ahead(60, `0${index}:00`));
  const appointments = await appointmentsAt(...homes);
  const [{ practitionerId }] = appointments;
  let moves = 0;
  for (let kill = 0; kill < kills; kill += 1) {
    let stopped = false;
    const streams = appointments.map(async (appointment, index) => {
      const places = [appointment.start, ahead(61, `0${index}:00`), ahead(61, `1${index}:00`)];
      let [reached = ''] = await startsOf([appointment]);
      while (!stopped) {
        const target = places[Math.floor(Math.random() * places.length)] ?? reached;
        const reply = await move(appointment, target).catch(() => undefined);
        if (reply === undefined) return [reached, target];
        expect(outcome(reply)).toBe('200');
        reached = target;
        moves += 1;
      }
      return [reached];
    });
    // Not before it is at work, and then at any moment of that.
    for (const working = moves + 20; moves < working;) await sleep(1);
    await sleep(Math.random() * 30);
    await system.services.appointment.kill();
    stopped = true;
    const possible = await Promise.all(streams);
    await system.services.appointment.start();
    const found = await startsOf(appointments);
    for (const [index, starts] of possible.entries()) expect(starts).toContain(found[index]);
    expect(await contradictionsIn(system.database)).toEqual([]);
    const claims = 'appointment.claim where resource_id = $1';
    expect(await count(system.database, claims, [practitionerId])).toBe(appointments.length);
  }
  console.info(`${moves} moves were answered before and between ${kills} kills`);
}, 120_000);

/** Appointments of one new practitioner and type, each of another patient. */
async function appointmentsAt<Starts extends [string, ...string[]]>(
  ...starts: Starts
): Promise<{ [Index in keyof Starts]: Appointment }>;
async function appointmentsAt(...starts: string[]): Promise<[Appointment, ...Appointment[]]>;
async function appointmentsAt(...starts: string[]): Promise<Appointment[]> {
  const type = await clinic.type();
  const { id: practitionerId } = await clinic.practitioner([type.id]);
  return repeat(starts.length, 4, (index) => {
    const booking = { typeId: type.id, practitionerId, patientId: patients[index], start: starts[index] };
    return clinic.book(booking);
  });
}

type Appointment = Booking & { typeId: string };

function move({ id }: Booking, start: string): Promise<BookingReply> {
  return system.direct.appointment.post(`/appointments/${id}/reschedule`, { start });
}

function hold(input: object): Promise<BookingReply> {
  return system.direct.appointment.post('/appointments/holds', input);
}

function startsOf(appointments: readonly Booking[]): Promise<string[]> {
  return Promise.all(
    appointments.map(async ({ id }) => (await system.staff.get<Booking>(`/appointments/${id}`)).body.start),
  );
}

/** All that the book keeps of an appointment. */
async function rowsOf({ id }: Booking): Promise<unknown[]> {
  const { superuserUrl } = system.database;
  return [
    await query(superuserUrl, 'select * from appointment.appointment where id = $1', [id]),
    await query(superuserUrl, 'select * from appointment.claim where owner_id = $1 order by resource_kind', [
      id,
    ]),
    await query(superuserUrl, 'select * from appointment.appointment_change where appointment_id = $1', [id]),
  ];
}
