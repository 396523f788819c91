import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readyPath } from '#catalogue';
import { freePort, launch, type Launched } from '../../tools/processes.ts';
import { ahead, Clinic } from '../harness/clinic.ts';
import { Client } from '../harness/client.ts';
import { startProcesses, type ProcessSystem } from '../harness/processes.ts';
import { obstruct, waitingForLocks } from './database.ts';
import { answeredWithinMs, KeyedLoad, rowsOf } from './keyed-load.ts';
import { book, tally } from './outcome.ts';

const undo = new AsyncDisposableStack();
let system: ProcessSystem;
let port: number;
let gateway: Launched;
let staff: Client;

beforeAll(async () => {
  system = await startProcesses();
  undo.defer(() => system.stop());
  port = await freePort();
  gateway = await startAgain();
  undo.defer(() => gateway.stop());
  staff = new Client(`http://127.0.0.1:${port}`, await system.issuer.token());
});
afterAll(() => undo.disposeAsync());

it('takes nothing with it when it is killed under load, and goes on when it is back', async () => {
  const before = await rowsOf(system.database);
  const load = await KeyedLoad.begin(system.staff, { patient: staff, appointment: staff });
  let back = 0;
  for (let time = 0; time < 3; time += 1) {
    await sleep(700);
    process.kill(gateway.pid, 'SIGKILL');
    expect(await gateway.exited).toBe('signal SIGKILL');
    for (const service of Object.values(system.services))
      await service.becomes(readyPath(service.service), 200);
    gateway = await startAgain();
    back = performance.now();
  }
  await sleep(700);
  await load.end();

  const recovery = load.recoveryMs(back);
  console.info(
    `the gateway was killed 3 times: the first writes were answered ${recovery.patient} and ${recovery.appointment} ms ` +
      `after it was back, ${[...load.outcomes].join(', ')}`,
  );
  expect([...load.outcomes].sort()).toEqual(['201', 'no answer']);
  expect(load.longestMs).toBeLessThan(answeredWithinMs);
  await load.expectKept(system.database, before);
});

it('on SIGTERM takes no more and answers what is in flight', async () => {
  const visit = await new Clinic(system.staff).visit();
  const held = await obstruct(system.database, 'select from appointment.practitioner for update');
  const bookings = [3, 4, 5].map((day) => book(staff, { ...visit, start: ahead(day) }));
  await waitingForLocks(system.database, 'appointment', bookings.length);
  process.kill(gateway.pid, 'SIGTERM');
  const another = new Client(`http://localhost:${port}`, undefined);
  let isTaken = true;
  for (let waited = 0; isTaken && waited < 1_000; waited += 20) {
    isTaken = await another.get('/nowhere').then(
      () => true,
      () => false,
    );
    await sleep(20);
  }
  expect(isTaken).toBe(false);
  await held.release();
  expect(tally(await Promise.all(bookings))).toEqual({ '201': 3 });
  expect(await gateway.exited).toBe('exit code 0');
  gateway = await startAgain();
  expect((await staff.get('/appointments/types')).status).toBe(200);
});

/** Starts it where it was. */
async function startAgain(): Promise<Launched> {
  const upstreams = Object.values(system.services).map(({ service, port: at }) => `${service.name}=${at}`);
  const file = join(import.meta.dirname, 'gateway.process.ts');
  const launched = launch(process.execPath, ['--conditions=source', file, String(port), ...upstreams], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { stdout } = launched.child;
  if (stdout) await once(stdout, 'data');
  return launched;
}
