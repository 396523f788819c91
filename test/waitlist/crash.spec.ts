import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { count, obstruct, waitingForLocks } from '../faults/database.ts';
import { Clinic, type Entry } from '../harness/clinic.ts';
import { startProcesses, type ProcessSystem } from '../harness/processes.ts';

/** A job counts as lost after half a minute, which is looked for every ten seconds. */
const lostWithinMs = 120_000;

let system: ProcessSystem;

beforeAll(async () => {
  system = await startProcesses();
});
afterAll(() => system.stop());

it('offers what a process had in its hands when it died, once the queue finds it lost', async () => {
  const clinic = new Clinic(system.staff);
  const visit = await clinic.visit();
  const booking = await clinic.book(visit);
  const { id: patientId } = await clinic.patient();
  const window = { earliest: visit.start, latest: visit.start };
  const entry = await clinic.wait({ patientId, typeId: visit.typeId, ...window });
  const inTheWay = await obstruct(
    system.database,
    'select from appointment.waitlist_entry where id = $1 for update',
    [entry.id],
  );
  await clinic.becomes(booking.id, 'cancelled');
  await waitingForLocks(system.database, 'appointment', 1);
  await system.services.appointment.kill();
  await inTheWay.release();
  const inHand = `jobs.job where name = 'freed-time' and state = 'active'`;
  expect(await count(system.database, inHand)).toBe(1);
  await system.services.appointment.start();
  const find = async () => (await system.staff.get<Entry>(`/appointments/waitlist/${entry.id}`)).body;
  const deadline = Date.now() + lostWithinMs;
  while ((await find()).status !== 'offered') {
    if (Date.now() > deadline) throw new Error(`the entry is ${(await find()).status}`);
    await sleep(250);
  }
  expect((await find()).offer?.start).toBe(visit.start);
}, 180_000);
