import { randomUUIDv7 } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { contradictionsIn, obstruct, waitingForLocks } from '../faults/database.ts';
import { book, outcome, tally } from '../faults/outcome.ts';
import { ahead, Clinic, type Hold, type Visit } from '../harness/clinic.ts';
import type { Client } from '../harness/client.ts';
import { madeEarlier, mergeAway, runOut } from '../harness/passing.ts';
import { startSystem, type System } from '../harness/system.ts';

let system: System;
let clinic: Clinic;
let visit: Visit;

beforeAll(async () => {
  system = await startSystem();
  clinic = new Clinic(system.staff);
});
afterAll(() => system.stop());
beforeEach(async () => {
  visit = await clinic.visit();
});

/** A hold of the visit's time, as long as can be. */
function hold(more: object = {}): Promise<Hold> {
  return clinic.hold({ ...visit, ttlSeconds: 900, ...more });
}

function bookHeld(holdId: string, more: object = {}, client: Client = system.staff) {
  return book(client, { ...visit, holdId, ...more });
}

describe('a hold is booked', () => {
  it('once: then it is gone', async () => {
    const { id } = await hold();
    const booked = await bookHeld(id, { reason: 'Cough' });
    expect(outcome(booked)).toBe('201');
    expect(booked.body).toMatchObject({ ...visit, status: 'booked', reason: 'Cough', version: 1 });
    expect(outcome(await bookHeld(id))).toBe('409 hold_expired');
    expect((await system.staff.get(`/appointments/holds/${id}`)).status).toBe(404);
    expect((await system.staff.send('DELETE', `/appointments/holds/${id}`)).status).toBe(404);
    expect((await system.staff.get(`/appointments/${booked.body.id ?? ''}`)).body.status).toBe('booked');
  });

  it('by one of many who try at once', async () => {
    const { id } = await hold();
    const replies = await Promise.all(Array.from({ length: 8 }, () => bookHeld(id)));
    expect(tally(replies)).toEqual({ '201': 1, '409 hold_expired': 7 });
  });

  it('for whoever is named when it names nobody, unless that patient is elsewhere', async () => {
    const { typeId, practitionerId, start } = visit;
    const { id } = await clinic.hold({ typeId, practitionerId, start });
    const elsewhere = await clinic.visit();
    await clinic.book({ ...elsewhere, patientId: visit.patientId });
    const refused = await bookHeld(id);
    expect(outcome(refused)).toBe('409 slot_taken patient_busy');
    expect(refused.body.alternatives).toHaveLength(3);
    expect(outcome(await bookHeld(id, { patientId: (await clinic.patient()).id }))).toBe('201');
  });

  it('for the survivor when its patient’s record was merged away since', async () => {
    const { id } = await hold();
    const survivor = await clinic.patient();
    await mergeAway(system.database, visit.patientId, survivor.id);
    const booked = await bookHeld(id);
    expect([outcome(booked), booked.body.patientId]).toEqual(['201', survivor.id]);
    expect(outcome(await book(system.staff, { ...visit, patientId: survivor.id }))).toBe(
      '409 slot_taken practitioner_busy patient_busy',
    );
  });

  it('under the survivor’s id too', async () => {
    const { id } = await hold();
    const survivor = await clinic.patient();
    await mergeAway(system.database, visit.patientId, survivor.id);
    expect(outcome(await bookHeld(id, { patientId: (await clinic.patient()).id }))).toBe('422 hold_mismatch');
    const booked = await bookHeld(id, { patientId: survivor.id });
    expect([outcome(booked), booked.body.patientId]).toEqual(['201', survivor.id]);
  });

  it('by the durations it was made with, whatever the type says now', async () => {
    const { id } = await hold();
    const longer = { minutes: 50, bufferBefore: 10, bufferAfter: 10, needsRoom: true };
    await system.staff.change('PATCH', `/appointments/types/${visit.typeId}`, 1, longer);
    const booked = await bookHeld(id);
    expect(outcome(booked)).toBe('201');
    expect(booked.body).toMatchObject({ minutes: 30, end: ahead(3, '09:30') });
    expect(booked.body.roomId).toBeUndefined();
  });

  it('by the notice there was when it was made', async () => {
    const { id } = await hold();
    await madeEarlier(system.database, id, 48);
    const notice = { minNoticeMinutes: 4 * 24 * 60 };
    await system.staff.change('PATCH', `/appointments/types/${visit.typeId}`, 1, notice);
    const next = { ...visit, start: ahead(3, '10:00') };
    expect(outcome(await book(system.staff, next))).toBe('422 not_bookable too_soon');
    expect(outcome(await bookHeld(id))).toBe('201');
  });
});

describe('a hold is not booked', () => {
  it.each(['typeId', 'practitionerId', 'start', 'roomId', 'patientId'])(
    'for another %s than it was made for, and stays',
    async (name) => {
      const { id } = await hold();
      const another = await clinic.visit();
      const { id: roomId } = await clinic.room();
      const differing = { ...another, start: ahead(3, '10:00'), roomId };
      const refused = await bookHeld(id, { [name]: differing[name as keyof typeof differing] });
      expect(outcome(refused)).toBe('422 hold_mismatch');
      expect(outcome(await bookHeld(id))).toBe('201');
    },
  );

  it('for what there is not', async () => {
    const { id } = await hold();
    for (const name of ['typeId', 'practitionerId', 'roomId'])
      expect(outcome(await bookHeld(id, { [name]: randomUUIDv7() }))).toBe('422 hold_mismatch');
  });

  it('in another room than it has', async () => {
    const [first, second] = [await clinic.room(), await clinic.room()];
    const { id } = await hold({ roomId: first.id });
    expect(outcome(await bookHeld(id, { roomId: second.id }))).toBe('422 hold_mismatch');
    expect((await bookHeld(id, { roomId: first.id })).body.roomId).toBe(first.id);
  });

  it('but at the same instant, however it is written', async () => {
    const { id } = await hold();
    expect(outcome(await bookHeld(id, { start: `${ahead(3).slice(0, 11)}11:00:00.000+02:00` }))).toBe('201');
  });

  it('once it was given back, has run out, or never was', async () => {
    const { id: released } = await hold();
    await system.staff.send('DELETE', `/appointments/holds/${released}`);
    const { id: expired } = await hold();
    await runOut(system.database, expired);
    for (const id of [released, expired, randomUUIDv7()])
      expect(outcome(await bookHeld(id))).toBe('409 hold_expired');
    expect(outcome(await book(system.staff, visit))).toBe('201');
    expect(outcome(await bookHeld(expired))).toBe('409 hold_expired');
  });

  it('when it ran out while it was waited for, and another has the room by now', async () => {
    const { id: roomId } = await clinic.room();
    visit = await clinic.visit({ needsRoom: true });
    const another = await clinic.visit({ needsRoom: true });
    const { id } = await hold({ roomId });
    await runOut(system.database, id, 1);
    const obstacle = await obstruct(
      system.database,
      `select from appointment.claim where owner_id = $1 and resource_kind = 'practitioner' for update`,
      [id],
    );
    const late = bookHeld(id);
    await waitingForLocks(system.database, 'appointment', 1);
    await delay(1_000);
    expect(outcome(await book(system.staff, { ...another, roomId }))).toBe('201');
    await obstacle.release();
    expect(outcome(await late)).toBe('409 hold_expired');
    expect(await contradictionsIn(system.database)).toEqual([]);
  });

  it('when the time is no longer offered, and is told why', async () => {
    const { id } = await hold();
    await clinic.available(visit.practitionerId, { weekly: [] }, 2);
    expect(outcome(await bookHeld(id))).toBe('422 not_bookable outside_availability');
    await system.staff.change('PATCH', `/appointments/types/${visit.typeId}`, 1, { active: false });
    expect(outcome(await bookHeld(id))).toBe('422 not_bookable inactive outside_availability');
  });

  it('once it was used, whatever has changed since', async () => {
    const { id } = await hold();
    await bookHeld(id);
    await system.staff.change('PATCH', `/appointments/types/${visit.typeId}`, 1, { active: false });
    expect(outcome(await bookHeld(id))).toBe('409 hold_expired');
  });
});

describe('a patient’s own token', () => {
  let own: Client;
  beforeEach(async () => {
    own = await system.as({ patientId: visit.patientId });
  });

  it('holds, reads, gives back and books for that patient', async () => {
    const given = await own.post<Hold>('/appointments/holds', visit);
    const path = `/appointments/holds/${given.body.id}`;
    expect([given.status, (await own.get(path)).status]).toEqual([201, 200]);
    expect((await own.send('DELETE', path)).status).toBe(204);
    const { body } = await own.post<Hold>('/appointments/holds', visit);
    expect(outcome(await bookHeld(body.id, {}, own))).toBe('201');
  });

  it('reaches no hold of another patient, of nobody, or that never was', async () => {
    const { typeId, practitionerId } = visit;
    const time = { typeId, practitionerId, start: ahead(4) };
    const holds = [
      await clinic.hold({ ...time, patientId: (await clinic.patient()).id }),
      await clinic.hold({ ...time, start: ahead(5) }),
      { id: randomUUIDv7(), start: ahead(6) },
    ];
    for (const { id, start } of holds) {
      const path = `/appointments/holds/${id}`;
      const replies = [
        await own.get(path),
        await own.send('DELETE', path),
        await bookHeld(id, { start }, own),
      ];
      expect(replies.map(({ status, body }) => [status, body.code])).toEqual(
        Array(3).fill([403, 'forbidden']),
      );
    }
  });

  it('holds for nobody else, nor for nobody', async () => {
    const { typeId, practitionerId, start } = visit;
    const time = { typeId, practitionerId, start };
    const other = await own.post('/appointments/holds', { ...time, patientId: randomUUIDv7() });
    const nobodys = await own.post('/appointments/holds', time);
    expect([other.status, nobodys.status]).toEqual([403, 403]);
  });
});
