import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { book, outcome } from '../faults/outcome.ts';
import { ahead, Clinic, type Booking, type Resource } from '../harness/clinic.ts';
import { disagreements, merge, queuesAreEmpty, undo } from '../harness/merges.ts';
import { startSystem, type System } from '../harness/system.ts';

let system: System;
let clinic: Clinic;
let type: Resource;
let practitioner: Resource;
let times = 0;

beforeAll(async () => {
  system = await startSystem();
  clinic = new Clinic(system.staff);
  type = await clinic.type();
  practitioner = await clinic.practitioner([type.id]);
});
afterAll(async () => {
  await queuesAreEmpty(system.database);
  expect(await disagreements(system.database)).toEqual([]);
  await system.stop();
});

/** A time that nobody else wants. */
function visit(patientId: string): Record<string, string> {
  times += 1;
  const start = ahead(1 + Math.floor(times / 10), `${String(8 + (times % 10)).padStart(2, '0')}:00`);
  return { typeId: type.id, practitionerId: practitioner.id, patientId, start };
}

/** Whom the book knows and has heard everything of. */
async function somebody(): Promise<Resource> {
  const patient = await clinic.patient();
  await queuesAreEmpty(system.database);
  return patient;
}

async function bookedFor(patientId: string): Promise<string> {
  return (await clinic.book(visit(patientId))).patientId;
}

// The book may hear of it at any moment: several times, so that it has not yet.
const rounds = [1, 2, 3, 4, 5];

describe('what the register has answered counts at once for somebody whom the book knows', () => {
  it.each(rounds)('that a record is inactive, and active again (%i)', async () => {
    const { id, version } = await somebody();
    const before = await clinic.book(visit(id));
    const changed = await system.staff.change('PATCH', `/patients/${id}`, version, { active: false });
    expect(outcome(await book(system.staff, visit(id)))).toBe('422 patient_inactive');
    expect(outcome(await system.staff.post('/appointments/holds', visit(id)))).toBe('422 patient_inactive');
    const query = new URLSearchParams(visit(id)).toString();
    expect(outcome(await system.staff.get(`/appointments/slots/explain?${query}`))).toBe(
      '422 patient_inactive',
    );
    expect(changed.status).toBe(200);
    const move = `/appointments/${before.id}/reschedule`;
    expect(outcome(await system.staff.post(move, { start: visit(id).start }))).toBe('422 patient_inactive');
    await system.staff.change('PATCH', `/patients/${id}`, version + 1, { active: true });
    expect(outcome(await book(system.staff, visit(id)))).toBe('201');
  });

  it.each(rounds)('that two records are one, and that they are two again (%i)', async () => {
    const [survivor, duplicate] = [await somebody(), await somebody()];
    const own = await system.as({ patientId: duplicate.id });
    const { body } = await merge(system.staff, survivor.id, duplicate.id);
    expect(await bookedFor(duplicate.id)).toBe(survivor.id);
    expect((await own.post<Booking>('/appointments', visit(survivor.id))).body.patientId).toBe(survivor.id);
    await queuesAreEmpty(system.database);
    expect((await undo(system.staff, body.id)).status).toBe(200);
    expect(await bookedFor(duplicate.id)).toBe(duplicate.id);
    expect(outcome(await own.post('/appointments', visit(survivor.id)))).toBe('403 forbidden');
  });
});
