import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { book, outcome, type BookingReply } from '../faults/outcome.ts';
import { ahead, Clinic, openDaily, type Booking, type Visit } from '../harness/clinic.ts';
import type { Client } from '../harness/client.ts';
import { startSystem, type System } from '../harness/system.ts';

const override = { reason: 'Emergency' };

let system: System;
let clinic: Clinic;
let visit: Visit;

beforeAll(async () => {
  system = await startSystem();
  clinic = new Clinic(system.staff);
});
afterAll(() => system.stop());
beforeEach(async () => {
  visit = await clinic.visit({ bufferAfter: 10, slotStep: 10 }, openDaily('09:00-17:00'));
});

function overrule(more: object = {}, client: Client = system.staff): Promise<BookingReply> {
  return book(client, { ...visit, override, ...more });
}

/** The same practitioner's time for somebody else. */
async function anothers(more: object = {}): Promise<Visit> {
  return { ...visit, patientId: (await clinic.patient()).id, ...more };
}

function change(collection: string, id: string, body: object): Promise<unknown> {
  return system.staff.change('PATCH', `/appointments/${collection}/${id}`, 1, body);
}

describe('an override', () => {
  it('needs its own scope', async () => {
    const scopes = ['appointments.read', 'appointments.write', 'schedules.write'];
    const refused = await overrule({}, await system.as({ scopes }));
    expect(outcome(refused)).toBe('403 insufficient_scope');
    expect(refused.headers.get('www-authenticate')).toContain('error="insufficient_scope"');
    expect(outcome(await book(system.staff, visit))).toBe('201');
  });

  it('is nothing for a patient’s own token, whatever its scopes', async () => {
    const scopes = ['appointments.write', 'appointments.override'];
    const own = await system.as({ patientId: visit.patientId, scopes });
    expect(outcome(await overrule({}, own))).toBe('403 forbidden');
  });

  it('is marked with its reason and who made it, also later', async () => {
    const booked = await overrule({}, await system.as({ subject: 'dr-on-call' }));
    const mark = { reason: 'Emergency', by: 'dr-on-call' };
    expect([booked.status, booked.body.override]).toEqual([201, mark]);
    const { body } = await system.staff.get(`/appointments/${booked.body.id ?? ''}`);
    expect(body).toEqual(booked.body);
    expect(body).toMatchObject({ ...visit, status: 'booked', override: mark });
    expect(await clinic.book(await anothers({ start: ahead(4) }))).not.toHaveProperty('override');
  });

  it.each([
    ['outside_availability', () => ({ start: ahead(3, '06:00') })],
    ['off_grid', () => ({ start: ahead(3, '09:03') })],
    ['too_soon', () => ({ start: ahead(-1) })],
    ['too_far_ahead', () => ({ start: ahead(400) })],
    ['practitioner_busy', () => ({ start: ahead(4) })],
    ['held', () => ({ start: ahead(5) })],
    ['patient_busy', () => ({ start: ahead(6) })],
  ])('is booked in spite of %s', async (code, more) => {
    await clinic.book(await anothers({ start: ahead(4) }));
    await clinic.hold(await anothers({ start: ahead(5) }));
    await clinic.book({ ...(await clinic.visit()), patientId: visit.patientId, start: ahead(6) });
    const asked = { ...visit, ...more() };
    expect(outcome(await book(system.staff, asked))).toMatch(new RegExp(` ${code}$`));
    expect(outcome(await overrule(more()))).toBe('201');
    // Even on top of another one.
    expect(outcome(await overrule(more()))).toBe('201');
  });

  it.each([
    [
      'inactive practitioner',
      () => change('practitioners', visit.practitionerId, { active: false }),
      'inactive',
    ],
    ['inactive type', () => change('types', visit.typeId, { active: false }), 'inactive'],
    [
      'type_not_offered',
      () => change('practitioners', visit.practitionerId, { typeIds: [] }),
      'type_not_offered',
    ],
  ])('is refused as %s, with nothing but what no override sets aside', async (_, make, code) => {
    await make();
    expect(outcome(await overrule({ start: ahead(3, '06:03') }))).toBe(`422 not_bookable ${code}`);
  });

  it('is refused in an inactive room, or for whom and what there is not', async () => {
    const { id: roomId } = await clinic.room({ active: false });
    const { id: patientId } = await clinic.patient({ active: false });
    expect(outcome(await overrule({ roomId }))).toBe('422 not_bookable inactive');
    expect(outcome(await overrule({ patientId }))).toBe('422 patient_inactive');
    for (const noun of ['patient', 'practitioner', 'type', 'room'])
      expect(outcome(await overrule({ [`${noun}Id`]: randomUUIDv7() }))).toBe(`422 ${noun}_unknown`);
  });

  it('says why, and is not mixed with a hold', async () => {
    for (const unreasoned of [{}, { reason: '' }, { reason: 'x', by: 'me' }, true, null])
      expect((await overrule({ override: unreasoned })).status).toBe(400);
    const { id: holdId } = await clinic.hold(visit);
    expect(outcome(await overrule({ holdId }))).toBe('422 hold_mismatch');
    expect(outcome(await book(system.staff, { ...visit, holdId }))).toBe('201');
  });

  it('takes a room that is free, the one that is named, or none', async () => {
    const rooms = [await clinic.room(), await clinic.room()].map(({ id }) => id);
    const inRoom = await clinic.visit({ needsRoom: true });
    const taken = (await clinic.book(inRoom)).roomId;
    const free = rooms.find((id) => id !== taken);
    expect((await overrule(inRoom)).body.roomId).toBe(free);
    expect((await overrule(inRoom)).body).not.toHaveProperty('roomId');
    expect((await overrule({ ...inRoom, roomId: taken })).body.roomId).toBe(taken);
    for (const roomId of rooms) {
      const wanted = { ...(await clinic.visit()), roomId };
      expect(outcome(await book(system.staff, wanted))).toBe('409 slot_taken no_room_free');
    }
  });
});

describe('what was booked by an override', () => {
  let beneath: Booking;
  let above: string;
  beforeEach(async () => {
    beneath = await clinic.book(await anothers());
    above = (await overrule()).body.id ?? '';
  });

  async function isTaken(): Promise<void> {
    const asked = await anothers();
    const { typeId, practitionerId, start: from } = asked;
    const query = new URLSearchParams({ ...asked }).toString();
    const explained = await system.staff.get<{ reasons: object[] }>(`/appointments/slots/explain?${query}`);
    expect(explained.body.reasons).toEqual([
      expect.objectContaining({ code: 'practitioner_busy', until: ahead(3, '09:40') }),
    ]);
    const range = new URLSearchParams({ typeId, practitionerId, from, to: ahead(3, '10:00') }).toString();
    const slots = await system.staff.get<{ items: { start: string }[] }>(`/appointments/slots?${range}`);
    expect(slots.body.items.map(({ start }) => start)).toEqual([ahead(3, '09:40'), ahead(3, '09:50')]);
    for (const path of ['/appointments', '/appointments/holds'])
      expect(outcome(await system.staff.post(path, asked))).toBe('409 slot_taken practitioner_busy');
    const elsewhere = { ...(await clinic.visit()), patientId: visit.patientId };
    expect(outcome(await book(system.staff, elsewhere))).toBe('409 slot_taken patient_busy');
  }

  it('is taken to others, and stays so when what lies beneath is cancelled', async () => {
    await isTaken();
    await clinic.becomes(beneath.id, 'cancelled');
    await isTaken();
    expect(outcome(await book(system.staff, visit))).toBe('409 slot_taken practitioner_busy patient_busy');
  });

  it.each(['cancelled', 'noshow'])(
    'is free again once it is %s, and what lies beneath stays',
    async (status) => {
      await clinic.becomes(above, status);
      expect(outcome(await book(system.staff, visit))).toBe('409 slot_taken practitioner_busy');
      await clinic.becomes(beneath.id, 'cancelled');
      expect(outcome(await book(system.staff, visit))).toBe('201');
    },
  );

  it('is called back from noshow by the rules: not onto what lies beneath', async () => {
    await clinic.becomes(above, 'noshow');
    const path = `/appointments/${above}/status`;
    expect(outcome(await system.staff.post(path, { status: 'booked' }))).toBe(
      '409 slot_taken practitioner_busy',
    );
    await clinic.becomes(beneath.id, 'cancelled');
    const back = await system.staff.post<Booking>(path, { status: 'booked' });
    expect([back.status, back.body.override]).toEqual([200, { reason: 'Emergency', by: 'local-user' }]);
    expect(outcome(await book(system.staff, await anothers()))).toBe('409 slot_taken practitioner_busy');
  });
});
