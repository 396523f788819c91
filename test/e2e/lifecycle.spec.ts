import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { book, outcome, type BookingReply } from '../faults/outcome.ts';
import { ahead, Clinic, type Booking, type Visit } from '../harness/clinic.ts';
import type { Client } from '../harness/client.ts';
import { startSystem, type System } from '../harness/system.ts';

interface History {
  items: { version: number; at: string; by: string; what: Record<string, unknown> }[];
  nextCursor: string | null;
}

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
  visit = await clinic.visit();
  appointment = await clinic.book(visit);
});

function become(status: string, more: object = {}, client: Client = system.staff): Promise<BookingReply> {
  return client.post(`/appointments/${appointment.id}/status`, { status, ...more });
}

async function bookByAnother(): Promise<BookingReply> {
  return book(system.staff, { ...visit, patientId: (await clinic.patient()).id });
}

async function history(query = ''): Promise<History> {
  const { status, body } = await system.staff.get<History>(`/appointments/${appointment.id}/history${query}`);
  expect(status).toBe(200);
  return body;
}

describe('an appointment', () => {
  it('goes from booked to fulfilled, a version each, and keeps its time', async () => {
    for (const [index, status] of ['arrived', 'checked-in', 'fulfilled'].entries()) {
      const changed = await become(status);
      expect([changed.status, changed.headers.get('etag')]).toEqual([200, `"${index + 2}"`]);
      expect(changed.body).toMatchObject({ id: appointment.id, status, version: index + 2 });
    }
    expect(outcome(await bookByAnother())).toBe('409 slot_taken practitioner_busy');
  });

  it('goes one step back from arrived, checked-in and noshow', async () => {
    await clinic.becomes(appointment.id, 'arrived', 'booked', 'arrived', 'checked-in', 'arrived');
    await clinic.becomes(appointment.id, 'booked', 'noshow', 'booked', 'arrived', 'noshow', 'booked');
    expect(outcome(await bookByAnother())).toBe('409 slot_taken practitioner_busy');
  });

  it.each(['cancelled', 'noshow'])('that is %s frees its time', async (status) => {
    await become(status);
    expect(outcome(await bookByAnother())).toBe('201');
  });

  it('that is cancelled says why, if a reason was given', async () => {
    expect((await become('cancelled', { reason: 'Has a cold' })).body).toMatchObject({
      status: 'cancelled',
      cancelReason: 'Has a cold',
    });
    appointment = await clinic.book(visit);
    expect((await become('noshow', { reason: 'Not seen' })).body).not.toHaveProperty('cancelReason');
    expect((await become('booked')).body).not.toHaveProperty('reason');
    expect((await become('cancelled')).body).not.toHaveProperty('cancelReason');
  });

  it('is not called back once its time is taken; it stays a no-show', async () => {
    await become('noshow');
    const { body: other } = await bookByAnother();
    const refused = await become('booked');
    expect(outcome(refused)).toBe('409 slot_taken practitioner_busy');
    expect(refused.body.alternatives).toHaveLength(3);
    expect((await system.staff.get(`/appointments/${appointment.id}`)).body).toMatchObject({
      status: 'noshow',
      version: 2,
    });
    await clinic.becomes(other.id ?? '', 'cancelled');
    expect(outcome(await become('booked'))).toBe('200');
  });

  it('is called back to its own room and by its own durations, or not at all', async () => {
    const { id: roomId } = await clinic.room();
    const inRoom = await clinic.visit({ bufferAfter: 30 });
    appointment = await clinic.book({ ...inRoom, roomId });
    await become('noshow');
    await system.staff.change('PATCH', `/appointments/types/${inRoom.typeId}`, 1, { bufferAfter: 0 });
    const other = await clinic.book({ ...(await clinic.visit()), roomId, start: ahead(3, '09:30') });
    expect(outcome(await become('booked'))).toBe('409 slot_taken no_room_free');
    await clinic.becomes(other.id, 'cancelled');
    expect((await become('booked')).body).toMatchObject({ roomId, minutes: 30 });
  });

  it.each([
    [[], ['checked-in', 'fulfilled', 'booked'], ['arrived', 'cancelled', 'noshow']],
    [['arrived'], ['fulfilled', 'arrived'], ['checked-in', 'cancelled', 'noshow', 'booked']],
    [
      ['arrived', 'checked-in'],
      ['booked', 'cancelled', 'noshow'],
      ['fulfilled', 'arrived'],
    ],
    [['arrived', 'checked-in', 'fulfilled'], ['checked-in', 'cancelled', 'booked'], []],
    [['cancelled'], ['booked', 'cancelled', 'arrived', 'noshow'], []],
    [['noshow'], ['arrived', 'cancelled', 'noshow'], ['booked']],
  ])('after %j does not become any of %j', async (statuses, forbidden, allowed) => {
    await clinic.becomes(appointment.id, ...statuses);
    for (const status of forbidden) {
      const refused = await become(status);
      expect(outcome(refused)).toBe('409 transition_not_allowed');
      expect([...(refused.body as { allowed: string[] }).allowed].sort()).toEqual([...allowed].sort());
    }
  });

  it('that is final is so for a patient who is inactive since, too', async () => {
    await become('cancelled');
    await system.staff.change('PATCH', `/patients/${visit.patientId}`, 1, { active: false });
    expect(outcome(await book(system.staff, visit))).toBe('422 patient_inactive');
    expect(outcome(await become('booked'))).toBe('409 transition_not_allowed');
  });

  it('knows no other status', async () => {
    expect((await become('gone')).status).toBe(400);
    expect(
      (await system.staff.post(`/appointments/${randomUUIDv7()}/status`, { status: 'arrived' })).status,
    ).toBe(404);
  });
});

describe('the history', () => {
  it('tells who did what and when, oldest first', async () => {
    const desk = await system.as({ subject: 'front-desk' });
    const own = await system.as({ patientId: visit.patientId });
    const { id } = await clinic.practitioner([visit.typeId]);
    const { id: roomId } = await clinic.room();
    const to = { start: ahead(4), practitionerId: id, roomId };
    const path = `/appointments/${appointment.id}`;
    const moved = await own.post<{ updatedAt: string }>(`${path}/reschedule`, to);
    await become('noshow', { reason: 'Not seen' }, desk);
    await become('booked', {}, desk);
    await become('cancelled', { reason: 'Has a cold' }, own);
    const { items, nextCursor } = await history();
    const { start, practitionerId } = visit;
    const patient = `patient:${visit.patientId}`;
    expect(items.map(({ version, by, what }) => [version, by, what])).toEqual([
      [1, 'local-user', { action: 'booked' }],
      [2, patient, { action: 'moved', moved: { from: { start, practitionerId }, to } }],
      [3, 'front-desk', { action: 'status', from: 'booked', to: 'noshow', reason: 'Not seen' }],
      [4, 'front-desk', { action: 'status', from: 'noshow', to: 'booked' }],
      [5, patient, { action: 'status', from: 'booked', to: 'cancelled', reason: 'Has a cold' }],
    ]);
    const times = items.map(({ at }) => at);
    // Fractions of a second are as long as they need to be: as texts they would sort otherwise.
    expect(times).toEqual(times.toSorted((a, b) => Date.parse(a) - Date.parse(b)));
    expect([times[1], nextCursor]).toEqual([moved.body.updatedAt, null]);
  });

  it('does not tell what was refused', async () => {
    await become('fulfilled');
    await system.staff.post(`/appointments/${appointment.id}/reschedule`, { start: ahead(400) });
    expect((await history()).items).toHaveLength(1);
  });

  it('comes in pages that stay stable', async () => {
    await clinic.becomes(appointment.id, 'arrived', 'booked', 'arrived');
    const first = await history('?limit=3');
    await clinic.becomes(appointment.id, 'checked-in');
    const rest = await history(`?limit=3&cursor=${first.nextCursor ?? ''}`);
    expect([first, rest].map(({ items }) => items.map(({ version }) => version))).toEqual([
      [1, 2, 3],
      [4, 5],
    ]);
    expect(rest.nextCursor).toBeNull();
  });

  it.each(['', 'abc', cursorAt('0'), cursorAt('9999999999'), cursorAt('one')])(
    'does not go on after what is no place in it: %j',
    async (cursor) => {
      const path = `/appointments/${appointment.id}/history?cursor=${cursor}`;
      const { status, body } = await system.staff.get(path);
      expect([status, body.code]).toEqual([400, 'validation_failed']);
    },
  );

  it('of what nobody knows is not found', async () => {
    expect((await system.staff.get(`/appointments/${randomUUIDv7()}/history`)).status).toBe(404);
  });
});

function cursorAt(version: string): string {
  return Buffer.from(JSON.stringify([version])).toString('base64url');
}
