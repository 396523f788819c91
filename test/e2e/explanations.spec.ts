import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { book, outcome, type BookingReply } from '../faults/outcome.ts';
import { ahead, Clinic, openDaily, type Visit } from '../harness/clinic.ts';
import type { Client } from '../harness/client.ts';
import { startSystem, type System } from '../harness/system.ts';

interface Explanation {
  bookable: boolean;
  reasons: { code: string; detail: string; until?: string }[];
}

type Asked = Visit & { roomId?: string };

let system: System;
let clinic: Clinic;
let visit: Visit;

beforeAll(async () => {
  system = await startSystem();
  clinic = new Clinic(system.staff);
});
afterAll(() => system.stop());
beforeEach(async () => {
  // Buffers, so that what occupies whom is told apart; open from nine to five.
  visit = await clinic.visit(
    { bufferBefore: 5, bufferAfter: 10, slotStep: 15, maxDaysAhead: 30 },
    openDaily('09:00-17:00'),
  );
});

function forNobody(): Omit<Visit, 'patientId'> {
  const { typeId, practitionerId, start } = visit;
  return { typeId, practitionerId, start };
}

async function explain(asked: object, client: Client = system.staff): Promise<BookingReply> {
  return client.get(`/appointments/slots/explain?${new URLSearchParams({ ...asked }).toString()}`);
}

/** What is said of a time, and that slots and bookings agree with it. */
async function reasonsAgainst(asked: Asked): Promise<Explanation['reasons']> {
  const { status, body } = (await explain(asked)) as unknown as { status: number; body: Explanation };
  expect([status, body.bookable]).toEqual([200, body.reasons.length === 0]);
  const to = new Date(Date.parse(asked.start) + 60_000).toISOString();
  const { start: from, ...wanted } = asked;
  const query = new URLSearchParams({ ...wanted, from, to }).toString();
  const slots = await system.staff.get<{ items: object[] }>(`/appointments/slots?${query}`);
  expect(slots.body.items).toHaveLength(body.bookable ? 1 : 0);
  const booked = await book(system.staff, asked);
  expect(booked.body.reasons ?? []).toEqual(body.reasons);
  return body.reasons;
}

const codes = (reasons: Explanation['reasons']) => reasons.map(({ code }) => code);
const untilOf = (reasons: Explanation['reasons']) => reasons.map(({ code, until }) => [code, until]);

describe('of a time it is said', () => {
  it('that it can be booked', async () => {
    expect((await explain(visit)).body).toEqual({ bookable: true, reasons: [] });
    expect((await explain(forNobody())).body).toEqual({ bookable: true, reasons: [] });
    expect(await reasonsAgainst(visit)).toEqual([]);
  });

  it.each([
    ['outside_availability', () => ({ start: ahead(3, '17:00') })],
    ['outside_availability', () => ({ start: ahead(3, '16:45') })],
    ['outside_availability', () => ({ start: ahead(3, '08:45') })],
    ['off_grid', () => ({ start: ahead(3, '09:10') })],
    ['off_grid', () => ({ start: ahead(3).replace(':00Z', ':01Z') })],
    ['too_soon', () => ({ start: ahead(-1) })],
  ])('%s', async (code, more) => {
    expect(untilOf(await reasonsAgainst({ ...visit, ...more() }))).toEqual([[code, undefined]]);
  });

  it('too_soon within the notice, to the minute', async () => {
    await patch('types', visit.typeId, { minNoticeMinutes: Math.ceil(untilMinutes(ahead(3))) + 1 });
    expect(codes(await reasonsAgainst(visit))).toEqual(['too_soon']);
    expect(await reasonsAgainst({ ...visit, start: ahead(3, '09:15') })).toEqual([]);
  });

  it('too_far_ahead, until the date comes near enough', async () => {
    expect(await reasonsAgainst({ ...visit, start: ahead(30, '16:30') })).toEqual([]);
    expect(untilOf(await reasonsAgainst({ ...visit, start: ahead(32) }))).toEqual([
      ['too_far_ahead', ahead(2, '00:00')],
    ]);
  });

  it('type_not_offered by this practitioner, or not at this time', async () => {
    const { id: typeId } = await clinic.type({ slotStep: 15 });
    expect(codes(await reasonsAgainst({ ...visit, typeId }))).toEqual(['type_not_offered']);
    const weekly = openDaily('09:00-17:00').weekly.map((window) => ({ ...window, typeIds: [typeId] }));
    await clinic.available(visit.practitionerId, { weekly }, 2);
    expect(codes(await reasonsAgainst(visit))).toEqual(['outside_availability']);
  });

  it('inactive of practitioner, type and named room, each', async () => {
    const { id: roomId } = await clinic.room({ active: false });
    expect(codes(await reasonsAgainst({ ...visit, roomId }))).toEqual(['inactive']);
    await patch('practitioners', visit.practitionerId, { active: false });
    expect(codes(await reasonsAgainst(visit))).toEqual(['inactive']);
    await patch('types', visit.typeId, { active: false });
    const details = (await reasonsAgainst({ ...visit, roomId })).map(({ code, detail }) => [code, detail]);
    expect(details).toEqual([
      ['inactive', expect.stringContaining('practitioner')],
      ['inactive', expect.stringContaining('type')],
      ['inactive', expect.stringContaining('room')],
    ]);
  });

  it('practitioner_busy until the appointment’s buffer ends, and not a moment longer', async () => {
    await clinic.book({ ...visit, patientId: (await clinic.patient()).id });
    const until = ahead(3, '09:40');
    for (const time of ['09:00', '09:15', '09:30'])
      expect(untilOf(await reasonsAgainst({ ...visit, start: ahead(3, time) }))).toEqual([
        ['practitioner_busy', until],
      ]);
    expect(await reasonsAgainst({ ...visit, start: ahead(3, '09:45') })).toEqual([]);
  });

  it('practitioner_busy until the last of several ends', async () => {
    for (const time of ['09:00', '09:45'])
      await clinic.book({ ...visit, patientId: (await clinic.patient()).id, start: ahead(3, time) });
    const reasons = await reasonsAgainst({ ...visit, start: ahead(3, '09:30') });
    expect(untilOf(reasons)).toEqual([['practitioner_busy', ahead(3, '10:25')]]);
  });

  it('held until the hold runs out, beside practitioner_busy where both are', async () => {
    await clinic.book({ ...visit, patientId: (await clinic.patient()).id });
    const { expiresAt } = await clinic.hold({ ...forNobody(), start: ahead(3, '09:45') });
    expect(untilOf(await reasonsAgainst({ ...visit, start: ahead(3, '09:30') }))).toEqual([
      ['practitioner_busy', ahead(3, '09:40')],
      ['held', expiresAt],
    ]);
  });

  it('patient_busy until the other appointment ends: without its buffers', async () => {
    const elsewhere = await clinic.visit({ bufferBefore: 30, bufferAfter: 30 });
    await clinic.book({ ...elsewhere, patientId: visit.patientId });
    expect(untilOf(await reasonsAgainst({ ...visit, start: ahead(3, '09:15') }))).toEqual([
      ['patient_busy', ahead(3, '09:30')],
    ]);
    expect(await reasonsAgainst({ ...visit, start: ahead(3, '09:30') })).toEqual([]);
  });

  it('no_room_free until the first room is free, or the named one', async () => {
    const [first, second] = [await clinic.room(), await clinic.room()];
    const long = await clinic.visit({ minutes: 60 });
    await clinic.book({ ...(await clinic.visit()), roomId: first.id });
    expect(untilOf(await reasonsAgainst({ ...visit, roomId: first.id }))).toEqual([
      ['no_room_free', ahead(3, '09:30')],
    ]);
    await patch('types', visit.typeId, { needsRoom: true });
    await clinic.book({ ...long, roomId: second.id });
    expect(untilOf(await reasonsAgainst(visit))).toEqual([['no_room_free', ahead(3, '09:30')]]);
    expect(untilOf(await reasonsAgainst({ ...visit, roomId: second.id }))).toEqual([
      ['no_room_free', ahead(3, '10:00')],
    ]);
    for (const { id } of [first, second]) await patch('rooms', id, { active: false });
    expect(untilOf(await reasonsAgainst(visit))).toEqual([['no_room_free', undefined]]);
  });

  it('everything that speaks against it, at once', async () => {
    await clinic.book(visit);
    await patch('types', visit.typeId, { active: false, minNoticeMinutes: 7 * 24 * 60 });
    expect(codes(await reasonsAgainst({ ...visit, start: ahead(3, '08:50') }))).toEqual([
      ...['inactive', 'outside_availability', 'too_soon', 'practitioner_busy', 'patient_busy'],
    ]);
  });
});

describe('an explanation is refused', () => {
  it.each(['type', 'practitioner', 'room', 'patient'])('of an unknown %s', async (noun) => {
    const asked = { ...visit, [`${noun}Id`]: randomUUIDv7() };
    expect(outcome(await explain(asked))).toBe(`422 ${noun}_unknown`);
    expect(outcome(await book(system.staff, asked))).toBe(`422 ${noun}_unknown`);
  });

  it('of an inactive patient', async () => {
    const { id: patientId } = await clinic.patient({ active: false });
    expect(outcome(await explain({ ...visit, patientId }))).toBe('422 patient_inactive');
  });

  it('of a question that is not complete or says too much, all of it at once', async () => {
    const { status, body } = await system.staff.get('/appointments/slots/explain?roomId=x&end=1');
    expect(status).toBe(400);
    expect((body.errors as { path: string }[]).map(({ path }) => path).sort()).toEqual(
      ['end', 'practitionerId', 'roomId', 'start', 'typeId'].sort(),
    );
  });

  it('to a patient’s own token about another patient', async () => {
    const own = await system.as({ patientId: visit.patientId });
    expect(outcome(await explain(visit, own))).toBe('200');
    expect(outcome(await explain(forNobody(), own))).toBe('200');
    expect(outcome(await explain({ ...visit, patientId: randomUUIDv7() }, own))).toBe('403 forbidden');
  });
});

async function patch(collection: string, id: string, change: object): Promise<void> {
  const path = `/appointments/${collection}/${id}`;
  const { body } = await system.staff.get<{ version: number }>(path);
  expect((await system.staff.change('PATCH', path, body.version, change)).status).toBe(200);
}

function untilMinutes(instant: string): number {
  return (Date.parse(instant) - Date.now()) / 60_000;
}
