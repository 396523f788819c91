import { afterAll, beforeAll, it } from '@jest/globals';
import { Clinic } from '../harness/clinic.ts';
import type { Client } from '../harness/client.ts';
import { startProcesses, type ProcessSystem } from '../harness/processes.ts';
import { Asker, targetOf } from './asker.ts';
import { twoBesideOne } from './beside-one.ts';
import { tell } from './comparison.ts';
import { median } from './durations.ts';
import { Findings } from './findings.ts';
import { launchedUntilReady, residentMb } from './process-figures.ts';

const rounds = 7;
const seconds = 1.5;
/** A million takes some four minutes: BENCH_REQUESTS=1000000. */
const requests = Number(process.env.BENCH_REQUESTS ?? 100_000);
const starts = 5;

const findings = new Findings(
  'processes',
  'What a process takes, and what a second one brings',
  `Two processes beside one: the load generator and PostgreSQL need the cores as well, so on a machine of two a second process
has hardly any left to run on. What one brings that has them is measured of tasks.`,
);
let system: ProcessSystem;
let path: string;
let second: Client;
const asker = new Asker();

beforeAll(async () => {
  system = await startProcesses();
  path = `/patients/${(await new Clinic(system.staff).patient()).id}`;
  second = (await system.another('patient')).direct;
});
afterAll(async () => {
  await findings.save();
  asker.stop();
  await system.stop();
});

/** Answers a second to 16 callers. */
async function load(client: Client, lasting: number): Promise<number> {
  const target = targetOf(client, path);
  return (await asker.ask({ target, callers: 16, seconds: lasting })).goodPerSecond;
}

it('two processes beside one', async () => {
  const found = await twoBesideOne([system.direct.patient, second], path, { rounds, seconds });
  findings.add('GET /patients/{id}, 32 callers, two processes beside one', tell(found));
});

it('memory stays where it is', async () => {
  const { pid } = system.services.patient;
  const { patient } = system.direct;
  const steps = 10;
  let perSecond = await load(patient, 5);
  const resident: number[] = [residentMb(pid)];
  for (let step = 0; step < steps; step += 1) {
    perSecond = await load(patient, requests / steps / perSecond);
    resident.push(residentMb(pid));
  }
  const half = resident.slice(steps / 2);
  findings.add(
    `resident memory of the register over ${requests} requests`,
    `${resident.map((mb) => mb.toFixed(0)).join(', ')} MB; of the second half ${(Math.max(...half) - Math.min(...half)).toFixed(0)} MB from least to most`,
    'no slope',
  );
}, 3_600_000);

it('start', async () => {
  for (const name of ['patient', 'appointment'] as const) {
    const { process } = await system.another(name);
    const tookMs: number[] = [];
    const resident: number[] = [];
    for (let start = 0; start < starts; start += 1) {
      await process.stop();
      tookMs.push(await launchedUntilReady(process));
      resident.push(residentMb(process.pid));
    }
    await process.stop();
    findings.add(
      `start of the ${name} service`,
      `ready after ${median(tookMs).toFixed(0)} ms, ${median(resident).toFixed(0)} MB resident then`,
    );
  }
});
