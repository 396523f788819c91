import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { book, repeat } from '../faults/outcome.ts';
import { ahead, Clinic, type Resource } from '../harness/clinic.ts';
import { startProcesses, type ProcessSystem } from '../harness/processes.ts';
import { spread, timed } from './durations.ts';
import { Findings } from './findings.ts';

const practitionerCount = 20;
const days = 31;
const bookingCount = 5_000;
const callers = 8;

const findings = new Findings('slots', 'Free times', 'How long an answer takes, beside so many bookings.');
let system: ProcessSystem;
let type: Resource;

beforeAll(async () => {
  system = await startProcesses();
  const clinic = new Clinic(system.staff);
  type = await clinic.type({ minutes: 20, bufferAfter: 5, slotStep: 10 });
  const weekly = [
    { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '08:00', to: '12:30' },
    { days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '13:30', to: '18:00' },
  ];
  const practitioners = await repeat(practitionerCount, 4, () => clinic.practitioner([type.id], { weekly }));
  const patients = await repeat(200, 8, () => clinic.patient());
  // Every half hour of the afternoons by turns: 9 a day and practitioner.
  const results = await repeat(bookingCount, 8, (index) => {
    const time = Math.floor(index / practitionerCount) % 9;
    const start = Temporal.Instant.from(ahead(1 + Math.floor(index / (practitionerCount * 9)), '13:30')).add({
      minutes: time * 30,
    });
    return book(system.direct.appointment, {
      typeId: type.id,
      practitionerId: practitioners[index % practitionerCount]?.id,
      // One who is elsewhere at no time: each comes once in two hundred bookings.
      patientId: patients[index % patients.length]?.id,
      start: start.toString(),
    });
  });
  const booked = results.filter(({ status }) => status === 201).length;
  expect(booked).toBe(bookingCount);
}, 600_000);
afterAll(async () => {
  await findings.save();
  await system.stop();
});

it.each([50, 200])(
  `lists the slots of ${practitionerCount} practitioners over ${days} days, %d a page`,
  async (limit) => {
    const path = `/appointments/slots?typeId=${type.id}&from=${ahead(1, '00:00')}&to=${ahead(1 + days, '00:00')}&limit=${limit}`;
    await timed(300, callers, () => system.direct.appointment.get(path));
    const { results, durations } = await timed(1_000, callers, () =>
      system.direct.appointment.get<{ items: object[] }>(path),
    );
    expect(results.every(({ status, body }) => status === 200 && body.items.length === limit)).toBe(true);
    findings.add(`slots, ${limit} a page, ${callers} callers`, spread(durations), 'p95 <= 40 ms');
  },
);
