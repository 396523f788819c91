import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { book, outcome, type BookingReply } from '../faults/outcome.ts';
import { ahead, Clinic, type Booking, type Visit } from '../harness/clinic.ts';
import { startSystem, type System } from '../harness/system.ts';

let system: System;
let clinic: Clinic;
let visit: Visit;
let appointment: Booking;

beforeAll(async () => {
  system = await startSystem();
  clinic = new Clinic(system.staff);
});
afterAll(() => system.stop());
beforeEach(async () => {
  visit = await clinic.visit({ slotStep: 15 });
  appointment = await clinic.book(visit);
});

function move(to: object, { id } = appointment, headers = {}): Promise<BookingReply> {
  return system.staff.post(`/appointments/${id}/reschedule`, { start: ahead(4), ...to }, headers);
}

async function stored({ id } = appointment): Promise<unknown> {
  return (await system.staff.get(`/appointments/${id}`)).body;
}

/** The same practitioner's time for somebody else. */
async function bookByAnother(more: object = {}): Promise<BookingReply> {
  return book(system.staff, { ...visit, patientId: (await clinic.patient()).id, ...more });
}

function change(collection: string, id: string, body: object): Promise<unknown> {
  return system.staff.change('PATCH', `/appointments/${collection}/${id}`, 1, body);
}

describe('an appointment moves', () => {
  it('and stays the same one, a version later', async () => {
    const moved = await move({ start: ahead(4, '10:15') });
    expect([moved.status, moved.headers.get('etag')]).toEqual([200, '"2"']);
    expect(moved.body).toEqual({
      ...appointment,
      start: ahead(4, '10:15'),
      end: ahead(4, '10:45'),
      version: 2,
      updatedAt: expect.any(String),
    });
    expect(await stored()).toEqual(moved.body);
  });

  it('and its old time is free at once, its new one is not', async () => {
    await move({});
    expect(outcome(await bookByAnother())).toBe('201');
    expect(outcome(await bookByAnother({ start: ahead(4) }))).toBe('409 slot_taken practitioner_busy');
  });

  it('by less than its length, onto its own time', async () => {
    expect((await move({ start: ahead(3, '09:15') })).body.start).toBe(ahead(3, '09:15'));
    expect(outcome(await bookByAnother({ start: ahead(3, '08:45') }))).toBe('201');
    expect(outcome(await move({ start: ahead(3, '09:15') }))).toBe('200');
  });

  it('to another practitioner at the same time', async () => {
    const { id } = await clinic.practitioner([visit.typeId]);
    const moved = await move({ start: visit.start, practitionerId: id });
    expect([moved.status, moved.body.practitionerId]).toEqual([200, id]);
    expect(outcome(await bookByAnother())).toBe('201');
    expect(outcome(await bookByAnother({ practitionerId: id }))).toBe('409 slot_taken practitioner_busy');
  });

  it('by what its type asks now', async () => {
    await change('types', visit.typeId, { minutes: 45 });
    const { body } = await move({});
    expect(body).toMatchObject({ minutes: 45, end: ahead(4, '09:45') });
  });

  it('once, when the request is repeated with its key', async () => {
    const key = { 'idempotency-key': `move-${appointment.id}` };
    const first = await move({}, appointment, key);
    const again = await move({}, appointment, key);
    expect([again.body, again.headers.get('idempotency-replayed')]).toEqual([first.body, 'true']);
    expect(await stored()).toMatchObject({ version: 2 });
  });

  it('and leaves behind that it was booked against the rules', async () => {
    const overriding = await clinic.book({ ...visit, override: { reason: 'Urgent' } });
    const moved = await move({}, overriding);
    expect([moved.status, moved.body.override]).toEqual([200, undefined]);
    await clinic.becomes(appointment.id, 'cancelled');
    expect(outcome(await bookByAnother())).toBe('201');
    expect(outcome(await bookByAnother({ start: ahead(4) }))).toBe('409 slot_taken practitioner_busy');
  });
});

describe('a room', () => {
  it('is kept where it is free, else another is picked', async () => {
    const rooms = [await clinic.room(), await clinic.room()].map(({ id }) => id);
    const inRoom = { ...(await clinic.visit({ needsRoom: true })), roomId: rooms[1] };
    const first = await clinic.book(inRoom);
    expect((await move({}, first)).body.roomId).toBe(rooms[1]);
    await clinic.book(inRoom);
    expect((await move({ start: inRoom.start, practitionerId: visit.practitionerId }, first)).status).toBe(
      422,
    );
    const { id: practitionerId } = await clinic.practitioner([inRoom.typeId]);
    const other = await clinic.book({ ...inRoom, ...(await patientOnly()), practitionerId, start: ahead(5) });
    expect((await move({ start: ahead(3) }, other)).body.roomId).toBe(rooms[0]);
    for (const roomId of rooms) await change('rooms', roomId, { active: false });
  });

  it('is the one that is named, or none if that is taken', async () => {
    const [first, second] = [await clinic.room(), await clinic.room()];
    expect((await move({ roomId: first.id })).body.roomId).toBe(first.id);
    await clinic.book({ ...(await clinic.visit()), roomId: second.id });
    const refused = await move({ start: ahead(3), roomId: second.id });
    expect(outcome(refused)).toBe('409 slot_taken no_room_free');
    expect(refused.body.alternatives?.[0]?.start).toBe(ahead(3, '08:30'));
    // The room that was named once goes along.
    expect((await move({ start: ahead(5) })).body.roomId).toBe(first.id);
  });
});

describe('a move that is refused', () => {
  it.each([
    ['taken', () => ({ start: ahead(6) }), '409 slot_taken practitioner_busy'],
    ['off the grid', () => ({ start: ahead(6, '12:10') }), '422 not_bookable off_grid'],
    ['too far ahead', () => ({ start: ahead(400) }), '422 not_bookable too_far_ahead'],
    ['unknown practitioner', () => ({ practitionerId: visit.typeId }), '422 practitioner_unknown'],
    ['unknown room', () => ({ roomId: visit.typeId }), '422 room_unknown'],
  ])('as %s changes nothing', async (_, to, expected) => {
    await bookByAnother({ start: ahead(6) });
    expect(outcome(await move(to()))).toBe(expected);
    expect(await stored()).toEqual(appointment);
    expect(outcome(await bookByAnother())).toBe('409 slot_taken practitioner_busy');
    expect((await system.staff.get(`/appointments/${appointment.id}/history`)).body.items).toHaveLength(1);
  });

  it('names what can be had instead, its own time aside', async () => {
    await bookByAnother({ start: ahead(3, '09:30') });
    const refused = await move({ start: ahead(3, '09:30') });
    const starts = refused.body.alternatives?.map(({ start }) => start);
    // Shifts within its own time count; its present start does not.
    expect(starts).toEqual([ahead(3, '10:00'), ahead(3, '08:45'), ahead(3, '10:15')]);
    for (const start of starts ?? []) expect(outcome(await move({ start }))).toBe('200');
  });

  it('as the patient is elsewhere', async () => {
    await clinic.book({ ...(await clinic.visit()), patientId: visit.patientId, start: ahead(4) });
    expect(outcome(await move({}))).toBe('409 slot_taken patient_busy');
  });

  it.each([
    [['arrived'], ['checked-in', 'cancelled', 'noshow', 'booked']],
    [
      ['arrived', 'checked-in'],
      ['fulfilled', 'arrived'],
    ],
    [['arrived', 'checked-in', 'fulfilled'], []],
    [['cancelled'], []],
    [['noshow'], ['booked']],
  ])('as it is %j', async (statuses, allowed) => {
    await clinic.becomes(appointment.id, ...statuses);
    for (const to of [{}, { practitionerId: randomUUIDv7() }, { roomId: randomUUIDv7() }]) {
      const refused = await move(to);
      expect([outcome(refused), refused.body]).toEqual([
        '409 transition_not_allowed',
        expect.objectContaining({ allowed }),
      ]);
    }
  });

  it('as nobody knows it, or the request says nothing or too much', async () => {
    expect((await move({}, { ...appointment, id: randomUUIDv7() })).status).toBe(404);
    const path = `/appointments/${appointment.id}/reschedule`;
    const { status, body } = await system.staff.post(path, { typeId: visit.typeId, roomId: null });
    expect(status).toBe(400);
    expect((body.errors as { path: string }[]).map((error) => error.path).sort()).toEqual([
      ...['roomId', 'start', 'typeId'],
    ]);
  });
});

async function patientOnly(): Promise<{ patientId: string }> {
  return { patientId: (await clinic.patient()).id };
}
