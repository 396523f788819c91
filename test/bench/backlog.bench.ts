import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { backUp } from '../faults/post.ts';
import { ahead, Clinic } from '../harness/clinic.ts';
import { disagreements, queuesAreEmpty } from '../harness/merges.ts';
import { startProcesses, type ProcessSystem } from '../harness/processes.ts';
import { Findings } from './findings.ts';

const changes = 100_000;

const findings = new Findings(
  'backlog',
  'Changes that are backed up',
  'What the register told while no process of the book ran, as one process of it works it off.',
);
let system: ProcessSystem;

beforeAll(async () => {
  system = await startProcesses();
});
afterAll(async () => {
  await findings.save();
  await system.stop();
});

it(`works off ${changes} changes that were backed up, and books who registers meanwhile`, async () => {
  const clinic = new Clinic(system.staff);
  const type = await clinic.type();
  const practitioner = await clinic.practitioner([type.id]);
  const book = system.services.appointment;
  await book.kill();
  await backUp(system.database, changes);
  await book.start();
  const since = performance.now();
  const { id: patientId } = await clinic.patient();
  const registered = performance.now();
  const visit = { typeId: type.id, practitionerId: practitioner.id, patientId, start: ahead(2) };
  await clinic.book(visit);
  const booked = performance.now();
  await queuesAreEmpty(system.database, 300_000);
  findings.add(
    `a booking for who registers behind ${changes} changes`,
    `${(booked - registered).toFixed(0)} ms after the registration`,
  );
  findings.add(`${changes} changes worked off`, `${((performance.now() - since) / 1000).toFixed(1)} s`);
  expect(await disagreements(system.database)).toEqual([]);
});
