import { afterAll, beforeAll, it } from '@jest/globals';
import { Clinic } from '../harness/clinic.ts';
import { startProcesses, type ProcessSystem } from '../harness/processes.ts';
import { median } from './durations.ts';
import { Findings } from './findings.ts';
import { Asker, type Target } from './asker.ts';
import { compare, tell } from './comparison.ts';
import { launchedUntilReady, residentMb } from './process-figures.ts';

const rounds = 7;
const seconds = 1.5;
/** A million takes some ten minutes: BENCH_REQUESTS=1000000. */
const requests = Number(process.env.BENCH_REQUESTS ?? 100_000);
const starts = 5;

const findings = new Findings(
  'processes',
  'What a process takes, and what a second one brings',
  `Two processes beside one: the load generator and PostgreSQL need the cores as well, so on a machine of two a second process
has hardly any left to run on.`,
);
let system: ProcessSystem;
let path: string;
let second: number;
const askers = [new Asker(), new Asker()] as const;

beforeAll(async () => {
  system = await startProcesses();
  path = `/patients/${(await new Clinic(system.staff).patient()).id}`;
  second = (await system.another('patient')).process.port;
});
afterAll(async () => {
  await findings.save();
  for (const asker of askers) asker.stop();
  await system.stop();
});

const load = async (port: number, callers: number, asker = askers[0], lasting = seconds): Promise<number> => {
  const target: Target = {
    port,
    token: system.staff.token ?? '',
    live: '/patients/health/live',
    path,
    from: 0,
  };
  return (await asker.ask({ target, callers, seconds: lasting })).goodPerSecond;
};

it('two processes beside one', async () => {
  const [one, other] = [system.services.patient.port, second];
  // As many who ask, either way.
  const asked = async (...ports: [number, number]) => {
    const answers = await Promise.all(ports.map((port, index) => load(port, 16, askers[index])));
    return answers.reduce((sum, each) => sum + each, 0);
  };
  await asked(one, other);
  const found = await compare(
    rounds,
    () => asked(one, other),
    () => asked(one, one),
  );
  findings.add(
    'GET /patients/{id}, 32 callers, two processes beside one',
    tell(found),
    '>= 1.7 where cores are left',
  );
});

it('memory stays where it is', async () => {
  const { pid, port } = system.services.patient;
  const steps = 10;
  let perSecond = await load(port, 16, askers[0], 5);
  const resident: number[] = [residentMb(pid)];
  for (let step = 0; step < steps; step += 1) {
    perSecond = await load(port, 16, askers[0], requests / steps / perSecond);
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
