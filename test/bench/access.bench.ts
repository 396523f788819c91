import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { AccessLog } from '../../libs/platform/src/audit/access-log.ts';
import { TokenVerifier } from '../../libs/platform/src/access/token-verifier.ts';
import { Clinic } from '../harness/clinic.ts';
import { startSystem, type System } from '../harness/system.ts';

/** Short and many, so that what else the machine does meets both alike. */
const rounds = 31;
const seconds = 1;
const callers = 32;
/** Of the throughput without token check and access log so much is left with them. */
const leastShare = 0.8;

let system: System;
let patientId: string;

beforeAll(async () => {
  system = await startSystem();
  patientId = (await new Clinic(system.staff).patient()).id;
});
afterAll(() => system.stop());

/** Answers a second, asked for by a process of its own. */
async function throughput(): Promise<number> {
  const { url, token } = system.direct.patient;
  const load = spawn(process.execPath, [
    join(import.meta.dirname, 'load.ts'),
    ...[`${url}/patients/${patientId}`, token ?? '', String(callers), String(seconds)],
  ]);
  let output = '';
  load.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  load.stderr.pipe(process.stderr);
  await once(load, 'close');
  return Number(output);
}

/** The same application, which for now asks nobody who they are and logs no read. */
async function without<T>(work: () => Promise<T>): Promise<T> {
  const app = system.apps.patient;
  const scopes = new Set(['patients.read']);
  jest.spyOn(app.get(TokenVerifier), 'verify').mockResolvedValue({ subject: 'anybody', scopes });
  jest.spyOn(app.get(AccessLog), 'logRead').mockResolvedValue();
  try {
    return await work();
  } finally {
    jest.restoreAllMocks();
  }
}

/** Throughput, and the processor's time that an answer took of the application's process in microseconds. */
async function measured(): Promise<{ perSecond: number; cpuMicros: number }> {
  const before = process.cpuUsage();
  const perSecond = await throughput();
  const { user, system: kernel } = process.cpuUsage(before);
  return { perSecond, cpuMicros: (user + kernel) / (perSecond * seconds) };
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

it('costs no more than a fifth of the throughput of GET /patients/{id}', async () => {
  for (let warm = 0; warm < 5; warm += 1) await throughput();
  const pairs = [];
  for (let round = 0; round < rounds; round += 1) {
    // Who comes first takes turns.
    const first = round % 2 === 0 ? await without(measured) : undefined;
    const logged = await measured();
    pairs.push({ logged, bare: first ?? (await without(measured)) });
  }
  const share = median(pairs.map(({ logged, bare }) => logged.perSecond / bare.perSecond));
  const perSecond = [pairs.map(({ logged }) => logged), pairs.map(({ bare }) => bare)].map(
    (side) =>
      `${median(side.map((each) => each.perSecond)).toFixed(0)} a second, ${median(side.map((each) => each.cpuMicros)).toFixed(0)} us each`,
  );
  console.info(`${perSecond.join('; without token check and access log ')}; share ${share.toFixed(2)}`);
  expect(share).toBeGreaterThanOrEqual(leastShare);
});
