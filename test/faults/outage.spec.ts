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
import { contradictionsIn } from './database.ts';
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
  const clinic = new Clinic(system.staff);
  const type = await clinic.type();
  const practitioner = await clinic.practitioner([type.id]);
  const { id: patientId } = await clinic.patient();
  const wanted = { typeId: type.id, practitionerId: practitioner.id, patientId };

  let away = false;
  const load = Array.from({ length: 8 }, async (_, worker) => {
    const outcomes = new Set<string>();
    for (let day = 1; !away; day += 1)
      outcomes.add(
        outcome(await book(system.direct.appointment, { ...wanted, start: ahead(day, `0${worker}:00`) })),
      );
    return outcomes;
  });
  await sleep(300);
  await killPostgres();
  expect(await statusOf(system.services.appointment, readyPath)).toBe(503);
  expect(await statusOf(system.services.appointment, livePath)).toBe(200);
  away = true;
  const outcomes = new Set((await Promise.all(load)).flatMap((seen) => [...seen]));
  expect([...outcomes].sort()).toEqual(['201', '503 unavailable']);

  postgres = await start();
  for (const service of Object.values(system.services))
    await service.becomes(readyPath(service.service), 200);
  const patient = await clinic.patient();
  expect(outcome(await book(system.staff, { ...wanted, patientId: patient.id, start: ahead(300) }))).toBe(
    '201',
  );
  await soonInTheCopy(patient.id, patient.version);
  expect(await contradictionsIn(system.database)).toEqual([]);

  /** The events flow again, too. */
  async function soonInTheCopy(id: string, version: number): Promise<void> {
    await system.staff.change('PATCH', `/patients/${id}`, version, { active: false });
    let seen = '';
    for (let day = 301; seen !== '422 patient_inactive' && day < 340; day += 1) {
      await sleep(250);
      seen = outcome(await book(system.staff, { ...wanted, patientId: id, start: ahead(day) }));
    }
    expect(seen).toBe('422 patient_inactive');
  }
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
