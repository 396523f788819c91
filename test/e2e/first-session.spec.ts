import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { ahead, Clinic, type Booking } from '../harness/clinic.ts';
import { startSystem, type System } from '../harness/system.ts';

interface Slot {
  start: string;
  end: string;
  practitionerId: string;
}

let system: System;

beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system.stop());

it('registers, finds a time, books it once, offers others that can be booked, cancels and books the freed time', async () => {
  const { staff } = system;
  const clinic = new Clinic(staff);
  const type = await clinic.type({ bufferAfter: 10 });
  const practitioner = await clinic.practitioner([type.id]);
  const [first, second] = [await clinic.patient(), await clinic.patient()];

  const query = `typeId=${type.id}&from=${ahead(2)}&to=${ahead(3)}&limit=5`;
  const slots = await staff.get<{ items: Slot[] }>(`/appointments/slots?${query}`);
  expect(slots.status).toBe(200);
  expect(slots.body.items).toHaveLength(5);
  expect(slots.body.items[0]).toEqual({
    start: ahead(2),
    end: ahead(2, '09:30'),
    practitionerId: practitioner.id,
  });

  const start = slots.body.items[0]?.start;
  const booking = { typeId: type.id, practitionerId: practitioner.id, start };
  const booked = await staff.post<Booking>('/appointments', { ...booking, patientId: first.id });
  expect(booked.status).toBe(201);
  expect(booked.headers.get('location')).toBe(`/appointments/${booked.body.id}`);
  expect(booked.headers.get('etag')).toBe('"1"');

  const refused = await staff.post<{ code: string; reasons: { code: string }[]; alternatives: Slot[] }>(
    '/appointments',
    { ...booking, patientId: second.id },
  );
  expect(refused.status).toBe(409);
  expect(refused.body.code).toBe('slot_taken');
  expect(refused.body.reasons.map(({ code }) => code)).toEqual(['practitioner_busy']);
  expect(refused.body.alternatives).toHaveLength(3);
  for (const { start: other, practitionerId } of refused.body.alternatives) {
    const made = await clinic.book({ typeId: type.id, practitionerId, start: other, patientId: second.id });
    await staff.post(`/appointments/${made.id}/status`, { status: 'cancelled' });
  }

  const cancelled = await staff.post<Booking>(`/appointments/${booked.body.id}/status`, {
    status: 'cancelled',
  });
  expect(cancelled.body.status).toBe('cancelled');
  const again = await staff.post('/appointments', { ...booking, patientId: second.id });
  expect(again.status).toBe(201);
});
