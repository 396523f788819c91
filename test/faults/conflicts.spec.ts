import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ahead, Clinic, type Booking, type Visit } from '../harness/clinic.ts';
import type { Reply } from '../harness/client.ts';
import { query } from '../harness/sql.ts';
import { startSystem, type System } from '../harness/system.ts';
import { until } from '../harness/until.ts';
import { contradictionsIn, obstruct, waitingForLocks, type Obstacle } from './database.ts';
import { book, outcome, tally, type BookingReply } from './outcome.ts';

const terminatedWithinMs = 5_000;
const closed = { timeZone: 'UTC', weekly: [], exceptions: [] };

type Change = Reply<{ impact: { orphans: string[] } }>;

let system: System;
let clinic: Clinic;
let visit: Visit;
let appointment: Booking;
let held: Obstacle | undefined;

beforeAll(async () => {
  system = await startSystem();
  clinic = new Clinic(system.staff);
  await showDeadlocks();
});
afterAll(() => system.stop());

beforeEach(async () => {
  visit = await clinic.visit();
  appointment = await clinic.book(visit);
});
afterEach(async () => {
  await held?.release();
  held = undefined;
  expect(await contradictionsIn(system.database)).toEqual([]);
});

/**
 * A deadlock outlives the services' patience for locks, so that it is answered 503 instead of being retried. Connections
 * of before don't know it yet: they are replaced.
 */
async function showDeadlocks(): Promise<void> {
  const { superuserUrl } = system.database;
  const database = new URL(superuserUrl).pathname.slice(1);
  await query(superuserUrl, `alter database ${database} set deadlock_timeout = '30s'`);
  await query(
    superuserUrl,
    `select pg_terminate_backend(pid, ${terminatedWithinMs}) from pg_stat_activity
     where datname = current_database() and usename = 'appointment'`,
  );
  await until('ready', async () => (await system.staff.get('/appointments/health/ready')).status === 200);
}

/** Takes all of the practitioner's availability away, and its appointments with it. */
function close({ practitionerId } = visit): Promise<Change> {
  const path = `/appointments/practitioners/${practitionerId}/availability?conflicts=cancel`;
  return system.staff.change('PUT', path, 2, closed);
}

function move(to: object, { id } = appointment): Promise<BookingReply> {
  return system.staff.post(`/appointments/${id}/reschedule`, { start: ahead(4), ...to });
}

function callBack({ id } = appointment): Promise<BookingReply> {
  return system.staff.post(`/appointments/${id}/status`, { status: 'booked' });
}

async function bookAnother(start = ahead(5), { typeId, practitionerId } = visit): Promise<BookingReply> {
  const { id: patientId } = await clinic.patient();
  return book(system.staff, { typeId, practitionerId, patientId, start });
}

async function statusOf(id: string | undefined): Promise<unknown> {
  return (await system.staff.get(`/appointments/${id ?? ''}`)).body.status;
}

describe.each([
  {
    what: 'a booking',
    send: () => bookAnother(),
    first: { answer: '201', status: 'cancelled' },
    later: { answer: '422 not_bookable outside_availability', status: undefined },
  },
  {
    what: 'a move within the calendar',
    send: () => move({}),
    first: { answer: '200', status: 'cancelled' },
    later: { answer: '409 transition_not_allowed', status: 'cancelled' },
  },
  {
    what: 'a no-show that is called back',
    prepare: () => clinic.becomes(appointment.id, 'noshow'),
    send: () => callBack(),
    first: { answer: '200', status: 'cancelled' },
    // Its time is not taken, only no longer offered.
    later: { answer: '200', status: 'booked' },
  },
])('$what and the cancelling of what loses its time', ({ prepare, send, first, later }) => {
  /** Both come while somebody else has the practitioner. */
  async function inOrder<A, B>(one: () => Promise<A>, two: () => Promise<B>): Promise<[A, B]> {
    await prepare?.();
    held = await obstruct(system.database, 'select from appointment.practitioner where id = $1 for update', [
      visit.practitionerId,
    ]);
    const sent = one();
    await waitingForLocks(system.database, 'appointment', 1);
    const next = two();
    await waitingForLocks(system.database, 'appointment', 2);
    await held.release();
    return Promise.all([sent, next]);
  }

  it('is cancelled when it comes first', async () => {
    const [answered, changed] = await inOrder(send, () => close());
    expect([outcome(answered), changed.status]).toEqual([first.answer, 200]);
    expect(changed.body.impact.orphans).toContain(answered.body.id);
    expect(await statusOf(answered.body.id)).toBe(first.status);
  });

  it('finds it done when it comes later', async () => {
    const [changed, answered] = await inOrder(() => close(), send);
    expect([changed.status, outcome(answered)]).toEqual([200, later.answer]);
    if (later.status !== undefined) expect(await statusOf(appointment.id)).toBe(later.status);
  });
});

describe('a move to another practitioner', () => {
  let elsewhere: { practitionerId: string };
  beforeEach(async () => {
    elsewhere = { practitionerId: (await clinic.practitioner([visit.typeId])).id };
    held = await obstruct(system.database, 'select from appointment.appointment where id = $1 for update', [
      appointment.id,
    ]);
  });

  it('saves the appointment when it comes first', async () => {
    const moved = move(elsewhere);
    await waitingForLocks(system.database, 'appointment', 1);
    const changed = close();
    await waitingForLocks(system.database, 'appointment', 2);
    await held?.release();
    expect(outcome(await moved)).toBe('200');
    expect((await changed).body.impact.orphans).toEqual([]);
    expect(await statusOf(appointment.id)).toBe('booked');
  });

  it('finds it cancelled when it comes later', async () => {
    const changed = close();
    await waitingForLocks(system.database, 'appointment', 1);
    const moved = move(elsewhere);
    await waitingForLocks(system.database, 'appointment', 2);
    await held?.release();
    expect((await changed).body.impact.orphans).toEqual([appointment.id]);
    expect(outcome(await moved)).toBe('409 transition_not_allowed');
    expect(await statusOf(appointment.id)).toBe('cancelled');
  });
});

it('leaves nothing booked that the change did not see, however they race, and nobody in a deadlock', async () => {
  const seen: BookingReply[] = [];
  for (let round = 0; round < 10; round += 1) {
    visit = await clinic.visit();
    const other = await clinic.practitioner([visit.typeId]);
    const times = ['09:00', '10:00', '11:00', '12:00'];
    const [inside = appointment, away = appointment, missed = appointment, back = appointment] =
      await Promise.all(times.map((time) => clinic.book({ ...visit, start: ahead(3, time) })));
    await clinic.becomes(missed.id, 'noshow');
    const [changed, ...answers] = await Promise.all([
      close(),
      bookAnother(ahead(5, '09:00')),
      bookAnother(ahead(5, '09:30')),
      move({ start: ahead(6) }, inside),
      move({ start: ahead(7), practitionerId: other.id }, away),
      callBack(missed),
      system.staff.post<BookingReply['body']>(`/appointments/${back.id}/status`, { status: 'arrived' }),
    ]);
    expect(changed.status).toBe(200);
    seen.push(...answers);
    const list = `/appointments?practitionerId=${visit.practitionerId}&status=booked`;
    const { body } = await system.staff.get<{ items: Booking[] }>(list);
    // Only a no-show comes back to a time that is no longer offered.
    expect(body.items.filter(({ id }) => id !== missed.id)).toEqual([]);
  }
  const expected = ['200', '201', '409 transition_not_allowed', '422 not_bookable outside_availability'];
  expect(expected).toEqual(expect.arrayContaining(Object.keys(tally(seen))));
});
