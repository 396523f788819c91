import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { randomUUIDv7 } from 'node:crypto';
import { ahead, Clinic } from '../harness/clinic.ts';
import { startProcesses, type ProcessSystem } from '../harness/processes.ts';
import { contradictionsIn } from './database.ts';
import { book, outcome, repeat, tally } from './outcome.ts';

const slotsADay = 48;

let system: ProcessSystem;
let clinic: Clinic;
let wanted: { typeId: string; practitionerId: string };
let booked = 0;

beforeAll(async () => {
  system = await startProcesses();
  clinic = new Clinic(system.staff);
  const type = await clinic.type();
  wanted = { typeId: type.id, practitionerId: (await clinic.practitioner([type.id])).id };
});
afterAll(() => system.stop());

it('books everybody in the moment that the registration is answered', async () => {
  const replies = await repeat(500, 8, async () => {
    const { id } = await clinic.patient();
    return book(system.staff, aTimeFor(id));
  });
  expect(tally(replies)).toEqual({ '201': 500 });
  expect(await contradictionsIn(system.database)).toEqual([]);
});

it('books who was registered just before the patient service was killed', async () => {
  const { patient: service } = system.services;
  for (let time = 0; time < 3; time += 1) {
    const { id } = await clinic.patient();
    service.signal('SIGKILL');
    expect(outcome(await book(system.staff, aTimeFor(id)))).toBe('201');
    expect(await service.ended).toBe('signal SIGKILL');
    expect(outcome(await book(system.staff, aTimeFor(id)))).toBe('201');
    await service.start();
  }
});

it('books nobody who was never registered', async () => {
  expect(outcome(await book(system.staff, aTimeFor(randomUUIDv7())))).toBe('422 patient_unknown');
});

it('books nobody who was deactivated', async () => {
  const patient = await clinic.patient();
  expect(outcome(await book(system.staff, aTimeFor(patient.id)))).toBe('201');
  const change = { active: false };
  const changed = await system.staff.change('PATCH', `/patients/${patient.id}`, patient.version, change);
  expect(changed.status).toBe(200);
  expect(outcome(await book(system.staff, aTimeFor(patient.id)))).toBe('422 patient_inactive');
});

it('books nobody who was deactivated before any booking', async () => {
  const patient = await clinic.patient();
  const change = { active: false };
  await system.staff.change('PATCH', `/patients/${patient.id}`, patient.version, change);
  expect(outcome(await book(system.staff, aTimeFor(patient.id)))).toBe('422 patient_inactive');
});

/** A booking of a time that nobody else wants. */
function aTimeFor(patientId: string): object {
  const [day, slot] = [Math.floor(booked / slotsADay), booked % slotsADay];
  booked += 1;
  const time = `${String(Math.floor(slot / 2)).padStart(2, '0')}:${slot % 2 === 0 ? '00' : '30'}`;
  return { ...wanted, patientId, start: ahead(2 + day, time) };
}
