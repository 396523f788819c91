import { randomUUIDv7 } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ahead, Clinic, type Resource } from '../harness/clinic.ts';
import type { Reply } from '../harness/client.ts';
import { merge } from '../harness/merges.ts';
import { startProcesses, type ProcessSystem } from '../harness/processes.ts';
import { contradictionsIn, count, obstruct, waitingForLocks, type Obstacle } from './database.ts';
import { book, outcome, tally, type BookingReply } from './outcome.ts';

const closed = { timeZone: 'UTC', weekly: [], exceptions: [] };

let system: ProcessSystem;
let clinic: Clinic;
let type: Resource;
let practitioner: Resource;
let patient: Resource;
let held: Obstacle | undefined;

beforeAll(async () => {
  system = await startProcesses();
  clinic = new Clinic(system.staff);
});
afterAll(() => system.stop());

beforeEach(async () => {
  [type, patient] = await Promise.all([clinic.type(), clinic.patient()]);
  practitioner = await clinic.practitioner([type.id]);
  // So that the book has its own copy of the patient.
  await clinic.book({ ...booking(), start: ahead(1, '23:00') });
});
afterEach(async () => {
  await held?.release();
  held = undefined;
  expect(await contradictionsIn(system.database)).toEqual([]);
});

describe.each([
  {
    change: 'a practitioner who is made inactive',
    locked: () => lock('practitioner', practitioner),
    send: () => deactivate('practitioners', practitioner),
    refusal: '422 not_bookable inactive',
    late: '200',
  },
  {
    change: 'a type that is made inactive',
    locked: () => lock('appointment_type', type),
    send: () => deactivate('types', type),
    refusal: '422 not_bookable inactive',
    late: '200',
  },
  {
    change: 'an availability that is taken away',
    locked: () => lock('practitioner', practitioner),
    send: () => close(),
    refusal: '422 not_bookable outside_availability',
    late: '409 appointments_affected',
  },
])('a booking against $change', ({ locked, send, refusal, late }) => {
  it('is refused when it comes later, although it began before the change was committed', async () => {
    await cancelAll();
    await locked();
    const changed = send();
    await waitingForLocks(system.database, 'appointment', 1);
    const booked = book(system.direct.appointment, booking());
    await waitingForLocks(system.database, 'appointment', 2);
    await held?.release();
    expect(outcome(await changed)).toBe('200');
    expect(outcome(await booked)).toBe(refusal);
  });

  it('is seen by the change when it comes first', async () => {
    await cancelAll();
    await locked();
    const booked = book(system.direct.appointment, booking());
    await waitingForLocks(system.database, 'appointment', 1);
    const changed = send();
    await waitingForLocks(system.database, 'appointment', 2);
    await held?.release();
    expect(outcome(await booked)).toBe('201');
    expect(outcome(await changed)).toBe(late);
  });
});

it('lets a change of availability see a no-show that is just taken back', async () => {
  await cancelAll();
  const { id } = await clinic.book({ ...booking(), start: ahead(3) });
  await system.staff.post(`/appointments/${id}/status`, { status: 'noshow' });
  await lock('practitioner', practitioner);
  const takenBack = system.staff.post(`/appointments/${id}/status`, { status: 'booked' });
  await waitingForLocks(system.database, 'appointment', 1);
  const changed = close();
  await waitingForLocks(system.database, 'appointment', 2);
  await held?.release();
  expect((await takenBack).status).toBe(200);
  expect(outcome(await changed)).toBe('409 appointments_affected');
});

it('either books or lets the availability be taken away, never both, however they race', async () => {
  const seen = new Set<string>();
  for (let round = 0; round < 12; round += 1) {
    practitioner = await clinic.practitioner([type.id]);
    const times = ['09:00', '10:00', '11:00', '12:00'].map((time) => ahead(10 + round, time));
    const [changed, ...booked] = await Promise.all([
      close(),
      ...times.map((start) => book(system.direct.appointment, { ...booking(), start })),
    ]);
    const counts = tally(booked);
    seen.add(outcome(changed));
    if (changed.status === 200) expect(counts).toEqual({ '422 not_bookable outside_availability': 4 });
    else {
      expect(outcome(changed)).toBe('409 appointments_affected');
      expect(counts).toEqual({ '201': 4 });
    }
  }
  console.info(`availability taken away while it is booked: ${[...seen].join(', ')}`);
});

it('books although PostgreSQL ends its transaction in a deadlock', async () => {
  const obstacle = await lock('patient', patient);
  const booked = book(system.direct.appointment, booking());
  await waitingForLocks(system.database, 'appointment', 1);
  // The booking has its practitioner and waits for the patient: crosswise.
  await obstacle.run('select from appointment.practitioner where id = $1 for update', [practitioner.id]);
  await obstacle.release();
  held = undefined;
  expect(outcome(await booked)).toBe('201');
});

it('moves an appointment whose patient is merged away meanwhile, and keeps nobody from that record', async () => {
  const survivor = await clinic.patient();
  await clinic.book({ ...booking(), patientId: survivor.id, start: ahead(4) });
  const { id } = await clinic.book(booking());
  const duplicate = await lock('patient', patient);
  const others = await obstruct(
    system.database,
    'select pg_advisory_xact_lock(7421002) from appointment.patient where id = $1 for update',
    [survivor.id],
  );
  // The book has heard of the merge, and can't keep it yet: it and the move wait.
  await merge(system.staff, survivor.id, patient.id);
  await waitingForLocks(system.database, 'appointment', 1);
  const moved = system.direct.appointment.post(`/appointments/${id}/reschedule`, { start: ahead(5) });
  await waitingForLocks(system.database, 'appointment', 2);
  await duplicate.run(
    'update appointment.patient set replaced_by = $2, version = version + 1 where id = $1',
    [patient.id, survivor.id],
  );
  await duplicate.run('commit');
  // The move waits for the survivor, and whoever wants the duplicate does not wait for the move.
  await duplicate.run('select from appointment.patient where id = $1 for update', [patient.id]);
  await others.release();
  expect((await moved).status).toBe(200);
});

it('lets nobody come to wait before what is just being opened is there to be seen', async () => {
  const openOn = (day: number) => ({
    timeZone: 'UTC',
    weekly: [],
    exceptions: [{ date: ahead(day).slice(0, 10), from: '09:00', to: '10:00' }],
  });
  const { id: practitionerId } = await clinic.practitioner([type.id], openOn(5));
  const { id } = await clinic.book({ ...booking(), practitionerId, start: ahead(5, '09:00') });
  const other = await clinic.patient();
  held = await obstruct(system.database, 'select from appointment.claim where owner_id = $1 for update', [
    id,
  ]);
  // It has looked who waits, and comes no further than to give up the claim of what it cancels.
  const opened = system.direct.appointment.change(
    'PUT',
    `/appointments/practitioners/${practitionerId}/availability?conflicts=cancel`,
    2,
    openOn(6),
  );
  await waitingForLocks(system.database, 'appointment', 1);
  const window = { earliest: ahead(6, '00:00'), latest: ahead(6, '23:00') };
  const entered = clinic.wait({ patientId: other.id, typeId: type.id, ...window });
  await waitingForLocks(system.database, 'appointment', 2);
  await held.release();
  held = undefined;
  expect((await opened).status).toBe(200);
  expect((await entered).status).toBe('waiting');
});

it('tells the caller to try again when a lock is held for long, and keeps nothing of the attempt', async () => {
  const before = await count(system.database, 'appointment.appointment');
  const key = { 'idempotency-key': `patience-${patient.id}` };
  await lock('practitioner', practitioner);
  const refused = await book(system.direct.appointment, booking(), key);
  expect(outcome(refused)).toBe('503 unavailable');
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await count(system.database, 'appointment.appointment')).toBe(before);
  expect(await contradictionsIn(system.database)).toEqual([]);
  await held?.release();
  held = undefined;
  expect(outcome(await book(system.direct.appointment, booking(), key))).toBe('201');
});

it('tells the caller to try again also when part of what is asked for is not known', async () => {
  await lock('patient', patient);
  const refused = await book(system.direct.appointment, { ...booking(), practitionerId: randomUUIDv7() });
  expect(outcome(refused)).toBe('503 unavailable');
});

function booking(): { typeId: string; practitionerId: string; patientId: string; start: string } {
  return { typeId: type.id, practitionerId: practitioner.id, patientId: patient.id, start: ahead(3) };
}

async function lock(table: string, { id }: Resource): Promise<Obstacle> {
  held = await obstruct(system.database, `select from appointment.${table} where id = $1 for update`, [id]);
  return held;
}

function deactivate(collection: string, { id, version }: Resource): Promise<BookingReply> {
  const path = `/appointments/${collection}/${id}`;
  return system.direct.appointment.change('PATCH', path, version, { active: false });
}

/** A clinic's practitioner is at the second version of the availability. */
function close(): Promise<BookingReply> {
  const path = `/appointments/practitioners/${practitioner.id}/availability`;
  return system.direct.appointment.change('PUT', path, 2, closed);
}

/** Leaves the practitioner without appointments, which would keep the availability. */
async function cancelAll(): Promise<void> {
  const path = `/appointments?practitionerId=${practitioner.id}`;
  const listed: Reply<{ items: Resource[] }> = await system.staff.get(path);
  for (const { id } of listed.body.items)
    await system.staff.post(`/appointments/${id}/status`, { status: 'cancelled' });
}
