import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { book, outcome, type BookingReply } from '../faults/outcome.ts';
import { ahead, Clinic, openDaily, type Booking, type Visit } from '../harness/clinic.ts';
import type { Client } from '../harness/client.ts';
import { count } from '../faults/database.ts';
import { startSystem, type System } from '../harness/system.ts';

interface Skipped {
  start: string;
  reasons: { code: string; until?: string }[];
}

interface Series extends Visit {
  id: string;
  booked: Booking[];
  skipped: Skipped[];
  version: number;
}

const daily = { frequency: 'daily', count: 3 };

let system: System;
let clinic: Clinic;
let visit: Visit;

beforeAll(async () => {
  system = await startSystem();
  clinic = new Clinic(system.staff);
});
afterAll(() => system.stop());
beforeEach(async () => {
  // Open from nine to eleven: four starts a day.
  visit = await clinic.visit({}, openDaily('09:00-11:00'));
});

async function booked(onConflict: string, more: object = {}): Promise<Series> {
  const input = { ...visit, recurrence: daily, onConflict, ...more };
  const { status, body } = await system.staff.post<Series>('/appointments/series', input);
  expect(status).toBe(201);
  return body;
}

async function taken(start: string): Promise<Booking> {
  return clinic.book({ ...visit, patientId: (await clinic.patient()).id, start });
}

function cancel(id: string, from?: string, client: Client = system.staff) {
  return client.post<Series>(`/appointments/series/${id}/cancel`, from && { from });
}

const starts = (appointments: readonly { start: string }[]) => appointments.map(({ start }) => start);
const statuses = ({ booked: appointments }: Series) => appointments.map(({ status }) => status);
const reasonsOf = (skipped: readonly Skipped[]) =>
  skipped.map(({ start, reasons }) => [start, ...reasons.map(({ code }) => code)]);

describe('a start that can’t be booked', () => {
  it('fails the whole series, of which nothing is left', async () => {
    await taken(ahead(4));
    const nextDay = await clinic.visit();
    await clinic.book({ ...nextDay, patientId: visit.patientId, start: ahead(5) });
    const before = await count(system.database, 'appointment.claim');
    const refused: BookingReply = await system.staff.post('/appointments/series', {
      ...visit,
      recurrence: daily,
    });
    expect(outcome(refused)).toBe('409 slot_taken practitioner_busy');
    expect(reasonsOf((refused.body as { conflicts: Skipped[] }).conflicts)).toEqual([
      [ahead(4), 'practitioner_busy'],
      [ahead(5), 'patient_busy'],
    ]);
    // The nearest to the first conflict; what the series itself would have taken is free.
    expect(starts(refused.body.alternatives ?? [])).toEqual([
      ...[ahead(4, '09:30'), ahead(4, '10:00'), ahead(4, '10:30')],
    ]);
    expect(await count(system.database, 'appointment.claim')).toBe(before);
    expect(await count(system.database, 'appointment.series where patient_id = $1', [visit.patientId])).toBe(
      0,
    );
    expect(
      await count(system.database, 'appointment.appointment where patient_id = $1', [visit.patientId]),
    ).toBe(1);
    expect(outcome(await book(system.staff, visit))).toBe('201');
  });

  it('fails it also as a time that is not offered', async () => {
    const recurrence = { frequency: 'weekly', interval: 53, count: 3 };
    const refused = await system.staff.post('/appointments/series', { ...visit, recurrence });
    expect(outcome(refused)).toBe('409 slot_taken too_far_ahead');
    expect(refused.body.conflicts).toHaveLength(2);
  });

  it('is skipped if asked for, and told with its reasons', async () => {
    await taken(ahead(4));
    const series = await booked('skip');
    expect(starts(series.booked)).toEqual([ahead(3), ahead(5)]);
    expect(reasonsOf(series.skipped)).toEqual([[ahead(4), 'practitioner_busy']]);
    expect(series.skipped[0]?.reasons[0]?.until).toBe(ahead(4, '09:30'));
    expect((await system.staff.get(`/appointments/series/${series.id}`)).body).toEqual(series);
  });

  it('is replaced by the nearest on its date, of two as near the earlier, else skipped', async () => {
    const start = ahead(3, '09:30');
    await taken(ahead(3, '09:30'));
    await taken(ahead(4, '09:00'));
    await taken(ahead(4, '09:30'));
    for (const time of ['09:00', '09:30', '10:00', '10:30']) await taken(ahead(5, time));
    const series = await booked('nearest', { start });
    expect(starts(series.booked)).toEqual([ahead(3, '09:00'), ahead(4, '10:00')]);
    expect(reasonsOf(series.skipped)).toEqual([[ahead(5, '09:30'), 'practitioner_busy']]);
  });

  it('is replaced by one at which the patient and a room are free', async () => {
    const elsewhere = await clinic.visit({ minutes: 60 });
    await clinic.book({ ...elsewhere, patientId: visit.patientId, start: ahead(3) });
    const { id: roomId } = await clinic.room();
    await clinic.book({ ...(await clinic.visit()), roomId, start: ahead(3, '10:00') });
    const series = await booked('nearest', { roomId });
    expect(starts(series.booked)).toEqual([ahead(3, '10:30'), ahead(4), ahead(5)]);
    expect(series.booked.map((each) => each.roomId)).toEqual([roomId, roomId, roomId]);
  });

  it('is replaced on the date it has where the practitioner is', async () => {
    const timeZone = 'Pacific/Auckland';
    const availability = { timeZone, ...openDaily('08:00-09:00', '20:00-20:30') };
    await clinic.available(visit.practitionerId, availability, 2);
    const start = inZone(timeZone, 5, '08:00');
    await taken(start);
    await taken(inZone(timeZone, 5, '08:30'));
    const series = await booked('nearest', { start, recurrence: { frequency: 'daily', count: 1 } });
    // 20:00 the day before is as far away.
    expect(starts(series.booked)).toEqual([inZone(timeZone, 5, '20:00')]);
  });
});

describe('a series shows and cancels', () => {
  it('its appointments as they are now', async () => {
    const { id, booked: appointments } = await booked('fail');
    const [first, second] = appointments;
    await system.staff.post(`/appointments/${first?.id ?? ''}/reschedule`, { start: ahead(9) });
    await clinic.becomes(second?.id ?? '', 'arrived');
    const found = await system.staff.get<Series>(`/appointments/series/${id}`);
    expect(starts(found.body.booked)).toEqual([ahead(4), ahead(5), ahead(9)]);
    expect([statuses(found.body), found.body.version]).toEqual([['arrived', 'booked', 'booked'], 3]);
    expect(found.headers.get('etag')).toBe('"3"');
  });

  it.each([
    ['everything from now', undefined, ['cancelled', 'cancelled', 'cancelled']],
    ['from a date', ahead(4).slice(0, 10), ['booked', 'cancelled', 'cancelled']],
    ['from an instant', ahead(4), ['booked', 'cancelled', 'cancelled']],
    ['from just after one', ahead(4, '09:01'), ['booked', 'booked', 'cancelled']],
    ['from after its end', ahead(9), ['booked', 'booked', 'booked']],
  ])('%s', async (_, from, expected) => {
    const { id } = await booked('fail');
    const cancelled = await cancel(id, from);
    expect([cancelled.status, statuses(cancelled.body)]).toEqual([200, expected]);
    expect((await system.staff.get(`/appointments/series/${id}`)).body).toEqual(cancelled.body);
    expect(outcome(await book(system.staff, { ...visit, start: ahead(5) }))).toBe(
      expected[2] === 'cancelled' ? '201' : '409 slot_taken practitioner_busy patient_busy',
    );
  });

  it('from a date as it is where the practitioner is', async () => {
    const timeZone = 'Pacific/Auckland';
    visit = await clinic.visit({}, { timeZone });
    const { id } = await booked('fail', { start: inZone(timeZone, 3, '09:00') });
    const from = inZone(timeZone, 4, '09:00');
    const local = Temporal.Instant.from(from).toZonedDateTimeISO(timeZone).toPlainDate().toString();
    expect(local).not.toBe(from.slice(0, 10));
    expect(statuses((await cancel(id, local)).body)).toEqual(['booked', 'cancelled', 'cancelled']);
  });

  it('only what is still booked, once, with a history of who did it', async () => {
    const { id, booked: appointments } = await booked('fail');
    await clinic.becomes(appointments[0]?.id ?? '', 'arrived');
    const own = await system.as({ patientId: visit.patientId });
    const cancelled = await cancel(id, undefined, own);
    expect(statuses(cancelled.body)).toEqual(['arrived', 'cancelled', 'cancelled']);
    expect((await cancel(id)).body).toEqual(cancelled.body);
    const history = `/appointments/${appointments[1]?.id ?? ''}/history`;
    const { items } = (await system.staff.get<{ items: object[] }>(history)).body;
    expect(items[1]).toMatchObject({
      by: `patient:${visit.patientId}`,
      what: { action: 'status', from: 'booked', to: 'cancelled' },
    });
  });

  it('for a patient’s own token that patient’s alone', async () => {
    const own = await system.as({ patientId: visit.patientId });
    const mine = await own.post<Series>('/appointments/series', { ...visit, recurrence: daily });
    expect(mine.status).toBe(201);
    const another = await system.as({ patientId: (await clinic.patient()).id });
    const path = `/appointments/series/${mine.body.id}`;
    const replies = [
      await another.get(path),
      await cancel(mine.body.id, undefined, another),
      await another.post('/appointments/series', { ...visit, recurrence: daily }),
    ];
    expect(replies.map(({ status }) => status)).toEqual([403, 403, 403]);
    expect((await own.get(path)).status).toBe(200);
  });
});

/** A local time some days ahead. */
function inZone(timeZone: string, days: number, time: string): string {
  return Temporal.Now.plainDateISO(timeZone)
    .add({ days })
    .toZonedDateTime({ timeZone, plainTime: time })
    .toInstant()
    .toString();
}
