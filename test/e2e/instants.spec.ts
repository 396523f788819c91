import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ahead, Clinic } from '../harness/clinic.ts';
import { startSystem, type System } from '../harness/system.ts';

let system: System;
let clinic: Clinic;
let visit: { typeId: string; practitionerId: string };

beforeAll(async () => {
  system = await startSystem();
  clinic = new Clinic(system.staff);
  const type = await clinic.type();
  visit = { typeId: type.id, practitionerId: (await clinic.practitioner([type.id])).id };
});
afterAll(() => system.stop());

const day = ahead(3).slice(0, 10);
const before = ahead(2).slice(0, 10);
const after = ahead(4).slice(0, 10);

describe.each([
  `${day}T09:00:00.000000000Z`,
  `${day}t09:00:00z`,
  `${day}T09:00:00-00:00`,
  `${day}T14:45:00+05:45`,
  `${after}T08:59:00+23:59`,
  `${before}T09:01:00-23:59`,
])('nine o’clock UTC, told as %s,', (start) => {
  it('is the same time wherever a time is asked for', async () => {
    const patientId = (await clinic.patient()).id;
    const held = await system.staff.post('/appointments/holds', { ...visit, start, ttlSeconds: 60 });
    expect([held.status, held.body.start]).toEqual([201, `${day}T09:00:00Z`]);
    const holdId = String(held.body.id);
    const query = new URLSearchParams({ ...visit, start }).toString();
    const explained = await system.staff.get(`/appointments/slots/explain?${query}`);
    expect(explained.body).toMatchObject({ bookable: false, reasons: [{ code: 'held' }] });
    const booked = await clinic.book({ ...visit, patientId, start, holdId });
    expect(booked.start).toBe(`${day}T09:00:00Z`);
    const range = new URLSearchParams({ patientId, from: start, to: ahead(5) }).toString();
    const listed = await system.staff.get<{ items: { id: string }[] }>(`/appointments?${range}`);
    expect(listed.body.items.map(({ id }) => id)).toEqual([booked.id]);
    const away = await system.staff.post(`/appointments/${booked.id}/reschedule`, {
      start: ahead(3, '12:00'),
    });
    expect(away.status).toBe(200);
    const back = await system.staff.post(`/appointments/${booked.id}/reschedule`, { start });
    expect([back.status, back.body.start]).toEqual([200, `${day}T09:00:00Z`]);
    const cancelled = await system.staff.post(`/appointments/${booked.id}/status`, { status: 'cancelled' });
    expect(cancelled.status).toBe(200);
    const recurrence = { frequency: 'daily', until: start };
    const series = await system.staff.post<{ id: string; booked: { start: string }[] }>(
      '/appointments/series',
      { ...visit, patientId, start, recurrence },
    );
    expect(series.body.booked.map((one) => one.start)).toEqual([`${day}T09:00:00Z`]);
    const ended = await system.staff.post(`/appointments/series/${series.body.id}/cancel`, { from: start });
    expect(ended.body).toMatchObject({ booked: [{ status: 'cancelled' }] });
  });
});
