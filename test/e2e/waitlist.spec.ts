import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ahead, Clinic, openDaily, type Booking, type Entry, type Visit } from '../harness/clinic.ts';
import { startSystem, type System } from '../harness/system.ts';
import { until } from '../harness/until.ts';

let system: System;
let clinic: Clinic;

beforeAll(async () => {
  system = await startSystem({ LOG_LEVEL: 'error' });
  clinic = new Clinic(system.staff);
});
afterAll(() => system.stop());

async function find(id: string): Promise<Entry> {
  return (await system.staff.get<Entry>(`/appointments/waitlist/${id}`)).body;
}

/** Waits until an entry has this status. */
const becomes = (id: string, status: string): Promise<Entry> =>
  until(
    `an entry is ${status}`,
    async () => {
      const entry = await find(id);
      return entry.status === status && entry;
    },
    10_000,
  );

/** Long enough for whatever happens by itself. */
const aWhile = (): Promise<void> => sleep(1_500);

const answer = (id: string, what: 'accept' | 'decline') =>
  system.staff.send('POST', `/appointments/waitlist/${id}/${what}`);

const cancel = ({ id }: Booking) => system.staff.post(`/appointments/${id}/status`, { status: 'cancelled' });

async function actions(id: string): Promise<string[]> {
  const { body } = await system.staff.get<{ items: { what: { action: string; cause?: string } }[] }>(
    `/appointments/waitlist/${id}/history`,
  );
  return body.items.map(({ what }) =>
    [what.action, what.cause].filter((word) => word !== undefined).join(' '),
  );
}

/** A visit that is booked, on a calendar of its own, and entries of others who wait for its time. */
async function booked(type: object = {}): Promise<{ visit: Visit; booking: Booking }> {
  const visit = await clinic.visit(type);
  return { visit, booking: await clinic.book(visit) };
}

async function waiting({ typeId, practitionerId }: Visit, more: object = {}): Promise<Entry> {
  const { id: patientId } = await clinic.patient();
  const window = { earliest: ahead(3, '08:00'), latest: ahead(3, '18:00') };
  return clinic.wait({ patientId, typeId, practitionerId, ...window, ...more });
}

describe('an entry', () => {
  it('waits, and is found at its Location and in the list', async () => {
    const { visit } = await booked();
    const { id: patientId } = await clinic.patient();
    const input = { patientId, typeId: visit.typeId, earliest: ahead(3), latest: ahead(4) };
    const made = await system.staff.post<Entry>('/appointments/waitlist', input);
    expect([made.status, made.headers.get('etag')]).toEqual([201, '"1"']);
    expect(made.body).toEqual({
      ...input,
      id: expect.any(String),
      status: 'waiting',
      priority: 'routine',
      version: 1,
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    });
    const found = await system.staff.get(made.headers.get('location') ?? '');
    expect([found.status, found.body]).toEqual([200, made.body]);
    const list = (status: string) =>
      system.staff.get<{ items: Entry[] }>(`/appointments/waitlist?patientId=${patientId}&status=${status}`);
    expect((await list('waiting')).body.items).toEqual([made.body]);
    expect((await list('expired')).body.items).toEqual([]);
  });

  it.each([
    ['latest', { earliest: ahead(3), latest: ahead(2) }],
    ['latest', { earliest: ahead(-3), latest: ahead(-2) }],
    ['earliest', { earliest: '2026-13-01', latest: ahead(2) }],
    ['priority', { priority: 'soon' }],
  ])('is refused by its %s', async (path, fault) => {
    const { visit } = await booked();
    const { typeId, patientId } = visit;
    const body = { typeId, patientId, earliest: ahead(1), latest: ahead(2), ...fault };
    const refused = await system.staff.post('/appointments/waitlist', body);
    expect([refused.status, refused.body.errors]).toEqual([400, [expect.objectContaining({ path })]]);
  });

  it.each(['typeId', 'patientId', 'practitionerId'])('names an unknown %s', async (name) => {
    const { visit } = await booked();
    const body = { ...visit, [name]: '0190a5a0-0000-7000-8000-000000000000', start: undefined };
    const window = { earliest: ahead(1), latest: ahead(2) };
    const refused = await system.staff.post('/appointments/waitlist', { ...body, ...window });
    expect([refused.status, refused.body.code]).toEqual([422, name.replace('Id', '_unknown')]);
  });

  it('is withdrawn, once for all', async () => {
    const { visit } = await booked();
    const { id } = await waiting(visit);
    const withdraw = () => system.staff.send('DELETE', `/appointments/waitlist/${id}`);
    expect([(await withdraw()).status, (await withdraw()).status]).toEqual([204, 204]);
    expect([(await find(id)).status, await actions(id)]).toEqual(['withdrawn', ['entered', 'withdrawn']]);
    expect((await answer(id, 'accept')).body.code).toBe('hold_expired');
  });

  it('ends by itself when its latest start has passed', async () => {
    const { visit } = await booked();
    const { id } = await waiting(visit, {
      earliest: ahead(-1),
      latest: Temporal.Now.instant().add({ milliseconds: 800 }).toString(),
    });
    await becomes(id, 'expired');
    await aWhile();
    expect(await actions(id)).toEqual(['entered', 'expired latest_passed']);
    expect((await system.staff.send('DELETE', `/appointments/waitlist/${id}`)).status).toBe(409);
  });

  it('ends by itself when its patient is deactivated', async () => {
    const { visit } = await booked();
    const entry = await waiting(visit);
    const path = `/patients/${entry.patientId}`;
    expect((await system.staff.change('PATCH', path, 1, { active: false })).status).toBe(200);
    await becomes(entry.id, 'expired');
    expect(await actions(entry.id)).toEqual(['entered', 'expired patient_inactive']);
  });

  it('ends when its patient books the same type otherwise, and what it was offered goes on', async () => {
    const { visit, booking } = await booked();
    const [first, second] = [await waiting(visit), await waiting(visit)];
    await cancel(booking);
    await becomes(first.id, 'offered');
    const { id } = await clinic.book({ ...visit, patientId: first.patientId, start: ahead(5) });
    expect(await find(first.id)).toMatchObject({ status: 'booked', appointmentId: id });
    expect(await actions(first.id)).toEqual(['entered', 'offered', 'booked']);
    expect((await becomes(second.id, 'offered')).offer?.start).toBe(visit.start);
  });
});

describe('a freed time', () => {
  it('is held for who waits, and is theirs when they accept', async () => {
    const { visit, booking } = await booked();
    const { id, patientId } = await waiting(visit);
    await cancel(booking);
    const { offer } = await becomes(id, 'offered');
    expect(offer).toMatchObject({ start: visit.start, practitionerId: visit.practitionerId });
    expect((Date.parse(offer?.expiresAt ?? '') - Date.now()) / 60_000).toBeCloseTo(30, -1);
    const { body: hold } = await system.staff.get(`/appointments/holds/${offer?.holdId}`);
    expect(hold).toMatchObject({ patientId, start: visit.start });
    const accepted = await answer(id, 'accept');
    expect(accepted.status).toBe(201);
    expect(accepted.body).toMatchObject({ patientId, start: visit.start, status: 'booked' });
    expect(accepted.headers.get('location')).toBe(`/appointments/${accepted.body.id as string}`);
    const entry = await find(id);
    expect(entry).toMatchObject({ status: 'booked', appointmentId: accepted.body.id });
    expect(entry.offer).toBeUndefined();
    expect((await answer(id, 'accept')).body.code).toBe('hold_expired');
  });

  it('goes to the urgent first, then to who has waited longest, whose window, type and practitioner fit', async () => {
    const { visit, booking } = await booked();
    const otherType = await clinic.type({ name: 'Other' });
    const others = [
      await waiting(visit, { earliest: ahead(3, '09:30') }),
      await waiting(visit, { latest: ahead(3, '08:59') }),
      await waiting(visit, { typeId: otherType.id, priority: 'urgent' }),
      await waiting(visit, { practitionerId: (await clinic.practitioner([visit.typeId])).id }),
    ];
    const inLine = [
      await waiting(visit),
      await waiting(visit, { practitionerId: undefined }),
      await waiting(visit, { priority: 'urgent' }),
    ];
    await cancel(booking);
    for (const at of [2, 0, 1]) {
      const id = inLine[at]?.id ?? '';
      expect((await becomes(id, 'offered')).offer?.start).toBe(visit.start);
      expect((await answer(id, 'decline')).body).toMatchObject({ status: 'waiting' });
    }
    await aWhile();
    const statuses = await Promise.all([...others, ...inLine].map(async ({ id }) => (await find(id)).status));
    expect(new Set(statuses)).toEqual(new Set(['waiting']));
  });

  it('goes to the next after a decline, also where the first could have a start that overlaps it', async () => {
    const { visit, booking } = await booked({ slotStep: 15 });
    const [first, second] = [await waiting(visit), await waiting(visit)];
    await cancel(booking);
    await becomes(first.id, 'offered');
    await answer(first.id, 'decline');
    await becomes(second.id, 'offered');
    expect((await find(first.id)).status).toBe('waiting');
  });

  it('passes over a patient who has something else then, and comes to them when they have not', async () => {
    const { visit, booking } = await booked();
    const busy = await waiting(visit);
    const other = await clinic.visit({ name: 'Other' });
    const elsewhere = await clinic.book({ ...other, patientId: busy.patientId, start: visit.start });
    await cancel(booking);
    await aWhile();
    expect((await find(busy.id)).status).toBe('waiting');
    await cancel(elsewhere);
    expect((await becomes(busy.id, 'offered')).offer?.practitionerId).toBe(visit.practitionerId);
  });

  it('comes of a move, a no-show, a hold given back or run out, and of a declined hold', async () => {
    const freed = async (visit: Visit, free: () => Promise<unknown>): Promise<void> => {
      const { id } = await waiting(visit);
      await free();
      expect((await becomes(id, 'offered')).offer?.start).toBe(visit.start);
    };
    const moved = await booked();
    const reschedule = `/appointments/${moved.booking.id}/reschedule`;
    await freed(moved.visit, () => system.staff.post(reschedule, { start: ahead(6) }));
    const missed = await booked();
    await freed(missed.visit, () => clinic.becomes(missed.booking.id, 'noshow'));
    for (const ttlSeconds of [5, 300]) {
      const visit = await clinic.visit();
      const { id } = await clinic.hold({ ...visit, ttlSeconds });
      await freed(visit, async () => {
        if (ttlSeconds === 300) await system.staff.send('DELETE', `/appointments/holds/${id}`);
      });
    }
    const declined = await booked();
    const first = await waiting(declined.visit);
    await cancel(declined.booking);
    const { offer } = await becomes(first.id, 'offered');
    await freed(declined.visit, () => system.staff.send('DELETE', `/appointments/holds/${offer?.holdId}`));
    expect(await actions(first.id)).toEqual(['entered', 'offered', 'declined']);
  }, 30_000);

  it('comes of availability that is added, but not of what was there', async () => {
    const visit = await clinic.visit({}, openDaily('14:00-15:00'));
    const entry = await waiting(visit);
    const open = openDaily('09:30-10:00', '14:00-15:00');
    await clinic.available(visit.practitionerId, open, 2);
    expect((await becomes(entry.id, 'offered')).offer?.start).toBe(ahead(3, '09:30'));
    const { id } = await waiting(visit);
    await clinic.available(visit.practitionerId, open, 3);
    await aWhile();
    expect((await find(id)).status).toBe('waiting');
  });

  it('comes of a practitioner, a type or a room that is active again', async () => {
    const room = await clinic.room({ active: false });
    const visit = await clinic.visit({ needsRoom: true });
    const change = (path: string, id: string, version: number, active: boolean) =>
      system.staff.change('PATCH', `/appointments/${path}/${id}`, version, { active });
    const entry = await waiting(visit);
    await change('rooms', room.id, 1, true);
    const { offer } = await becomes(entry.id, 'offered');
    expect(offer?.start).toBe(ahead(3, '08:00'));
    await change('practitioners', visit.practitionerId, 1, false);
    const second = await waiting(visit);
    await change('practitioners', visit.practitionerId, 2, true);
    expect((await becomes(second.id, 'offered')).offer?.start).toBe(ahead(3, '08:30'));
    await change('types', visit.typeId, 1, false);
    const third = await waiting(visit);
    await change('types', visit.typeId, 2, true);
    expect((await becomes(third.id, 'offered')).offer?.start).toBe(ahead(3, '09:00'));
    await change('rooms', room.id, 2, false);
  });

  it('is offered to two when it is long enough for both', async () => {
    const short = await clinic.type({ name: 'Short', minutes: 15 });
    const { visit, booking } = await booked();
    const { practitionerId } = visit;
    await system.staff.change('PATCH', `/appointments/practitioners/${practitionerId}`, 1, {
      typeIds: [visit.typeId, short.id],
    });
    const entries = [1, 2, 3].map(() => waiting(visit, { typeId: short.id }));
    const ids = (await Promise.all(entries)).map(({ id }) => id).sort();
    const offered = async () =>
      (await Promise.all(ids.map(async (id) => (await find(id)).offer?.start))).filter(Boolean).sort();
    await cancel(booking);
    const both = [ahead(3, '09:00'), ahead(3, '09:15')];
    await until('two are offered a time', async () => (await offered()).length >= both.length);
    await aWhile();
    expect(await offered()).toEqual(both);
  });

  it('is held no longer than the notice leaves for it', async () => {
    const start = Temporal.Now.instant().add({ minutes: 20 }).round('minute');
    const { visit } = await booked({ slotStep: 1 });
    const booking = await clinic.book({ ...visit, start: start.toString() });
    await system.staff.change('PATCH', `/appointments/types/${visit.typeId}`, 1, { minNoticeMinutes: 15 });
    const entry = await waiting(visit, { earliest: start.toString(), latest: ahead(1) });
    await cancel(booking);
    const { offer } = await becomes(entry.id, 'offered');
    expect(offer?.expiresAt).toBe(start.subtract({ minutes: 15 }).toString());
  });
});

it('what a patient waits for follows a merge of the records and goes back', async () => {
  const { visit, booking } = await booked();
  const entry = await waiting(visit);
  const { id: survivorId } = await clinic.patient();
  const merged = await system.staff.post('/patients/merges', {
    survivorId,
    duplicateId: entry.patientId,
    reason: 'The same person',
  });
  expect(merged.status).toBe(201);
  const follows = async (patientId: string): Promise<void> => {
    const deadline = Date.now() + 10_000;
    while ((await find(entry.id)).patientId !== patientId) {
      if (Date.now() > deadline) throw new Error('the entry did not follow');
      await sleep(50);
    }
  };
  await follows(survivorId);
  await cancel(booking);
  const { offer: survivors } = await becomes(entry.id, 'offered');
  await system.staff.post(`/patients/merges/${merged.body.id as string}/undo`, {});
  await follows(entry.patientId);
  // What was held for the survivor is given back, and offered anew.
  const { offer } = await becomes(entry.id, 'offered');
  expect(offer?.holdId).not.toBe(survivors?.holdId);
  const accepted = await answer(entry.id, 'accept');
  expect([accepted.status, accepted.body.patientId]).toEqual([201, entry.patientId]);
});
