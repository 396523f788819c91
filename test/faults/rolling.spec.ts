import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { services } from '#catalogue';
import { startGateway } from '../../tools/gateway.ts';
import { signalTo } from '../../tools/processes.ts';
import { ahead, Clinic, type Visit } from '../harness/clinic.ts';
import { Client, type Reply } from '../harness/client.ts';
import { startProcesses, type ProcessSystem, type ServiceProcess } from '../harness/processes.ts';
import { contradictionsIn, count } from './database.ts';
import { repeat } from './outcome.ts';

const requestsPerSecond = 200;
/** Of so many requests one books. */
const requestsPerBooking = 10;
/** Longer than the gateway takes to see it, on a machine that has much to do; 15 in the cloud. */
const drainSeconds = 5;
/** Until the gateway has seen what is new, and a while before and after all. */
const momentMs = 1_000;

const undo = new AsyncDisposableStack();
let system: ProcessSystem;
let halves: readonly (readonly ServiceProcess[])[];
let client: Client;

/** Two processes of each service behind one gateway, as tasks behind a load balancer. */
beforeAll(async () => {
  system = await startProcesses({ environment: { DRAIN_SECONDS: String(drainSeconds) } });
  undo.defer(() => system.stop());
  const others = await Promise.all(services.map(async ({ name }) => (await system.another(name)).process));
  halves = [Object.values(system.services), others];
  // Nobody is left to drain for.
  undo.defer(() => {
    for (const { pid } of halves.flat()) signalTo(pid, 'SIGKILL');
  });
  const gateway = await startGateway({ port: 0, upstreams: halves.flat() });
  undo.defer(() => gateway.stop());
  client = new Client(gateway.url, await system.issuer.token());
});
afterAll(() => undo.disposeAsync());

// A machine that has other work at the moment can't do so many, and refuses some with reason.
jest.retryTimes(2, { logErrorsBeforeRetry: true });

it(`fails none of ${requestsPerSecond} requests a second while every process is replaced`, async () => {
  const visits = await visitsAhead();
  const patientId = visits[0]?.patientId ?? '';
  const before = await count(system.database, 'appointment.appointment');
  const reads = [`/patients/${patientId}`, `/appointments?patientId=${patientId}`, '/appointments/types'];
  await using load = steadily((index) => {
    const visit = index % requestsPerBooking === 0 && visits[index / requestsPerBooking];
    return visit ? client.post('/appointments', visit) : client.get(reads[index % reads.length] ?? '');
  });
  await sleep(momentMs);
  for (const half of halves) await Promise.all(half.map(replace));
  await sleep(momentMs);

  const outcomes = await load.end();
  const { '200': read = 0, '201': booked = 0 } = outcomes;
  console.info(`${read} reads and ${booked} bookings while ${halves.flat().length} processes were replaced`);
  expect(outcomes).toEqual({ '200': read, '201': booked });
  expect(await count(system.database, 'appointment.appointment')).toBe(before + booked);
  expect(await contradictionsIn(system.database)).toEqual([]);
});

/** Tells it to stop, as a deployment does, and starts what takes its place. */
async function replace(process: ServiceProcess): Promise<void> {
  process.signal('SIGTERM');
  expect(await process.ended).toBe('exit code 0');
  await process.start();
  await sleep(momentMs);
}

interface SteadyLoad extends AsyncDisposable {
  /** @returns how often each outcome came */
  readonly end: () => Promise<Record<string, number>>;
}

/** Sends so many requests a second, however long their answers take. */
function steadily(send: (index: number) => Promise<Reply>): SteadyLoad {
  const since = performance.now();
  const answers: Promise<string>[] = [];
  const pace = setInterval(() => {
    while (answers.length < ((performance.now() - since) / 1000) * requestsPerSecond)
      answers.push(send(answers.length).then(({ status }) => String(status), String));
  }, 10);
  const end = async (): Promise<Record<string, number>> => {
    clearInterval(pace);
    const groups = Map.groupBy(await Promise.all(answers), (outcome) => outcome);
    return Object.fromEntries([...groups].map(([outcome, { length }]) => [outcome, length]));
  };
  return {
    end,
    [Symbol.asyncDispose]: async () => {
      await end();
    },
  };
}

/** More visits than are booked, each of which can be. */
async function visitsAhead(): Promise<Visit[]> {
  const clinic = new Clinic(client);
  const { id: typeId } = await clinic.type();
  const practitioners = await repeat(20, 4, () => clinic.practitioner([typeId]));
  const patients = await repeat(20, 4, () => clinic.patient());
  return Array.from({ length: 2_000 }, (_, index) => ({
    typeId,
    patientId: patients[index % 20]?.id ?? '',
    practitionerId: practitioners[index % 20]?.id ?? '',
    start: ahead(2 + Math.floor(index / 20)),
  }));
}
