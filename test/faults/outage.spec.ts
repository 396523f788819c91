import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { livePath, readyPath } from '#catalogue';
import { freePort } from '../../tools/processes.ts';
import { startPostgres, type Postgres } from '../../tools/postgres.ts';
import { ahead, Clinic } from '../harness/clinic.ts';
import { Client } from '../harness/client.ts';
import { startProcesses, type ProcessSystem, type ServiceProcess } from '../harness/processes.ts';
import { answeredWithinMs, expectAgreement, KeyedLoad, recoveredWithinMs, rowsOf } from './keyed-load.ts';
import { book, outcome } from './outcome.ts';

const passwords = { superuser: 'test', owner: 'test' };
const undo = new AsyncDisposableStack();

let parent: string;
let start: () => Promise<Postgres>;
let postgres: Postgres;
let system: ProcessSystem;

/** A cluster of its own: nobody else is to miss it. */
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'clinic-outage-'));
  undo.defer(() => rm(parent, { recursive: true, force: true }));
  const port = await freePort();
  start = () => startPostgres({ directory: join(parent, 'postgres'), persistent: true, port, passwords });
  postgres = await start();
  undo.defer(() => postgres.stop());
  system = await startProcesses({ cluster: postgres });
  undo.defer(() => system.stop());
});
afterAll(() => undo.disposeAsync());

it('goes on without a restart when the database was killed under load and is back', async () => {
  const before = await rowsOf(system.database);
  const pids = Object.values(system.services).map(({ pid }) => pid);
  await using load = await KeyedLoad.begin(system.staff, system.direct);
  await sleep(500);
  await killPostgres();
  expect(await statusOf(system.services.appointment, readyPath)).toBe(503);
  expect(await statusOf(system.services.appointment, livePath)).toBe(200);
  postgres = await start();
  const back = performance.now();
  for (const service of Object.values(system.services))
    await service.becomes(readyPath(service.service), 200);
  await sleep(1_000);
  await load.end();

  const { patient, appointment } = load.recoveryMs(back);
  console.info(
    `the database was killed: the first writes were answered ${patient} and ${appointment} ms after it was back`,
  );
  expect([...load.outcomes].sort()).toEqual(['201', '503 unavailable']);
  expect(load.longestMs).toBeLessThan(answeredWithinMs);
  expect(Math.max(patient, appointment)).toBeLessThan(recoveredWithinMs);
  expect(Object.values(system.services).map(({ pid }) => pid)).toEqual(pids);
  await load.expectKept(system.database, before);
  await expectAgreement(system.database);
});

it('comes up without its database, says so, and works as soon as that is there', async () => {
  const processes = Object.values(system.services);
  await Promise.all(processes.map((service) => service.stop()));
  await postgres.stop();
  for (const service of processes) {
    service.launch();
    await service.becomes(livePath(service.service), 200);
    expect(await statusOf(service, readyPath)).toBe(503);
  }
  const early = await book(system.direct.appointment, {});
  expect(early.status).toBe(400);
  postgres = await start();
  for (const service of processes) await service.becomes(readyPath(service.service), 200);

  const clinic = new Clinic(system.staff);
  const type = await clinic.type();
  const practitioner = await clinic.practitioner([type.id]);
  const { id: patientId } = await clinic.patient();
  const booking = { typeId: type.id, practitionerId: practitioner.id, patientId, start: ahead(2) };
  expect(outcome(await book(system.staff, booking))).toBe('201');
});

/** As a crash: nobody is told, nothing is tidied up. */
async function killPostgres(): Promise<void> {
  const lock = await readFile(join(parent, 'postgres', 'postmaster.pid'), 'utf8');
  process.kill(Number(lock.split('\n')[0]), 'SIGQUIT');
  await postgres.exited;
}

async function statusOf(
  service: ServiceProcess,
  path: (row: ServiceProcess['service']) => string,
): Promise<number> {
  return (await new Client(service.url, undefined).get(path(service.service))).status;
}
