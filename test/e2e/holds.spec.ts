import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { book, outcome, type BookingReply } from '../faults/outcome.ts';
import { ahead, Clinic, type Hold, type Resource, type Visit } from '../harness/clinic.ts';
import { mergeAway } from '../harness/passing.ts';
import { startSystem, type System } from '../harness/system.ts';

let system: System;
let clinic: Clinic;
let visit: Visit;

beforeAll(async () => {
  system = await startSystem();
  clinic = new Clinic(system.staff);
  visit = await clinic.visit();
});
afterAll(() => system.stop());

/** A time of the same practitioner and type, for nobody yet. */
function time(days: number, clock?: string) {
  const { typeId, practitionerId } = visit;
  return { typeId, practitionerId, start: ahead(days, clock) };
}

async function idOf(name: string, made: Promise<Resource>): Promise<object> {
  return { [name]: (await made).id };
}

function hold(input: object): Promise<BookingReply> {
  return system.staff.post('/appointments/holds', input);
}

describe('a hold', () => {
  it('keeps a time for five minutes and is found at its Location', async () => {
    const before = Date.now();
    const made = await system.staff.post<Hold>('/appointments/holds', time(3));
    expect([made.status, made.headers.get('etag')]).toEqual([201, '"1"']);
    expect(made.body).toEqual({
      ...time(3),
      id: expect.any(String),
      end: ahead(3, '09:30'),
      minutes: 30,
      expiresAt: expect.any(String),
      createdAt: expect.any(String),
      version: 1,
    });
    expect((Date.parse(made.body.expiresAt) - before) / 1000).toBeCloseTo(300, -1);
    const found = await system.staff.get(made.headers.get('location') ?? '');
    expect([found.status, found.body]).toEqual([200, made.body]);
  });

  it.each([5, 900])('lasts as long as asked for: %i seconds', async (ttlSeconds) => {
    const { expiresAt } = await clinic.hold({ ...time(4, ttlSeconds === 5 ? '09:00' : '10:00'), ttlSeconds });
    expect((Date.parse(expiresAt) - Date.now()) / 1000).toBeCloseTo(ttlSeconds, -1);
  });

  it.each([4, 901, 0, -5, 5.5, '60', null])('does not last %p seconds', async (ttlSeconds) => {
    const { status, body } = await system.staff.post('/appointments/holds', { ...time(4), ttlSeconds });
    expect([status, body.errors]).toEqual([400, [expect.objectContaining({ path: 'ttlSeconds' })]]);
  });

  it('ends at its start at the latest', async () => {
    const { typeId, practitionerId } = await clinic.visit({ minutes: 1 });
    const minuteMs = 60_000;
    const start = new Date(Math.ceil(Date.now() / minuteMs + 1) * minuteMs).toISOString().replace('.000', '');
    const { expiresAt } = await clinic.hold({ typeId, practitionerId, start, ttlSeconds: 900 });
    expect(expiresAt).toBe(start);
  });

  it('ends by itself: the time can be booked again at once', async () => {
    const { id } = await clinic.hold({ ...visit, ...time(4, '11:00'), ttlSeconds: 5 });
    const wanted = { ...time(4, '11:00'), patientId: (await clinic.patient()).id };
    expect(outcome(await book(system.staff, wanted))).toBe('409 slot_taken held');
    await new Promise((resolve) => setTimeout(resolve, 5_050));
    expect((await system.staff.get(`/appointments/holds/${id}`)).status).toBe(404);
    expect((await system.staff.send('DELETE', `/appointments/holds/${id}`)).status).toBe(404);
    expect(outcome(await book(system.staff, wanted))).toBe('201');
  });

  it('can be given back once, and its time is free then', async () => {
    const { id } = await clinic.hold(time(5));
    const path = `/appointments/holds/${id}`;
    const { status, body } = await system.staff.send('DELETE', path);
    expect([status, body]).toEqual([204, '']);
    expect((await system.staff.send('DELETE', path)).status).toBe(404);
    expect((await system.staff.get(path)).status).toBe(404);
    await clinic.hold(time(5));
  });

  it('is told to others as held, until it ends', async () => {
    const { expiresAt } = await clinic.hold(time(6));
    const refused = await book(system.staff, { ...visit, ...time(6) });
    expect(outcome(refused)).toBe('409 slot_taken held');
    expect(refused.body.reasons).toEqual([expect.objectContaining({ code: 'held', until: expiresAt })]);
    expect(outcome(await hold(time(6)))).toBe('409 slot_taken held');
    const slots = `typeId=${visit.typeId}&from=${ahead(6)}&to=${ahead(6, '10:00')}`;
    const { body } = await system.staff.get<{ items: unknown[] }>(`/appointments/slots?${slots}`);
    expect(body.items).toEqual([expect.objectContaining({ start: ahead(6, '09:30') })]);
  });

  it('for a patient occupies the patient too; without one it occupies nobody', async () => {
    const { practitionerId } = await clinic.visit();
    const elsewhere = { ...visit, ...time(7), practitionerId };
    await system.staff.change('PATCH', `/appointments/practitioners/${practitionerId}`, 1, {
      typeIds: [visit.typeId],
    });
    const { id } = await clinic.hold(time(7));
    await clinic.becomes((await clinic.book(elsewhere)).id, 'cancelled');
    await system.staff.send('DELETE', `/appointments/holds/${id}`);
    const { patientId } = await clinic.hold({ ...time(7), patientId: visit.patientId });
    expect(patientId).toBe(visit.patientId);
    expect(outcome(await book(system.staff, elsewhere))).toBe('409 slot_taken patient_busy');
  });

  it('for a record merged away is for its survivor', async () => {
    const [survivor, duplicate] = [await clinic.patient(), await clinic.patient()];
    await mergeAway(system.database, duplicate.id, survivor.id);
    const { id: holdId, patientId } = await clinic.hold({ ...time(8), patientId: duplicate.id });
    expect(patientId).toBe(survivor.id);
    const booked = await clinic.book({ ...time(8), patientId: duplicate.id, holdId });
    expect(booked.patientId).toBe(survivor.id);
  });

  it('takes the room that is named, or one that is free when the type needs one', async () => {
    const rooms = [await clinic.room(), await clinic.room()].map(({ id }) => id);
    const places = await Promise.all([1, 2, 3].map(() => clinic.visit({ needsRoom: true })));
    const held = [];
    for (const { typeId, practitionerId } of places.slice(0, 2))
      held.push(await clinic.hold({ typeId, practitionerId, start: ahead(9) }));
    expect(held.map(({ roomId }) => roomId).sort()).toEqual([...rooms].sort());
    expect(outcome(await hold({ ...places[2], start: ahead(9) }))).toBe('409 slot_taken no_room_free');
    const named = await clinic.hold({ ...time(9, '12:00'), roomId: rooms[1] });
    expect(named.roomId).toBe(rooms[1]);
    const booked = await clinic.book({ ...places[0], start: ahead(9), holdId: held[0]?.id });
    expect(booked.roomId).toBe(held[0]?.roomId);
  });
});

describe('what can’t be booked can’t be held, and is answered alike:', () => {
  it.each([
    ['taken', () => ({ start: ahead(10) }), '409 slot_taken practitioner_busy'],
    ['off the grid', () => ({ start: ahead(11, '09:10') }), '422 not_bookable off_grid'],
    ['in the past', () => ({ start: ahead(-1) }), '422 not_bookable too_soon'],
    ['too far ahead', () => ({ start: ahead(400) }), '422 not_bookable too_far_ahead'],
    ['unknown type', () => ({ typeId: visit.practitionerId }), '422 type_unknown'],
    ['unknown practitioner', () => ({ practitionerId: visit.typeId }), '422 practitioner_unknown'],
    ['unknown room', () => ({ roomId: visit.typeId }), '422 room_unknown'],
    ['unknown patient', () => ({ patientId: visit.typeId }), '422 patient_unknown'],
    ['inactive patient', () => idOf('patientId', clinic.patient({ active: false })), '422 patient_inactive'],
    ['inactive room', () => idOf('roomId', clinic.room({ active: false })), '422 not_bookable inactive'],
  ])('%s', async (_, more: () => object | Promise<object>, expected) => {
    await book(system.staff, { ...time(10), patientId: (await clinic.patient()).id });
    const input = { ...visit, start: ahead(12), ...(await more()) };
    const [held, booked] = [await hold(input), await book(system.staff, input)];
    expect(outcome(held)).toBe(expected);
    expect({ ...held.body, instance: '' }).toEqual({ ...booked.body, instance: '' });
  });
});
