import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { startProcesses, type ProcessSystem } from '../harness/processes.ts';
import {
  answeredWithinMs,
  expectAgreement,
  KeyedLoad,
  recoveredWithinMs,
  rowsOf,
  written,
} from './keyed-load.ts';

const times = 3;

let system: ProcessSystem;

beforeAll(async () => {
  system = await startProcesses();
});
afterAll(() => system.stop());

it.each(
  written.flatMap((name) => [
    { name, signal: 'SIGKILL', end: 'signal SIGKILL' } as const,
    { name, signal: 'SIGTERM', end: 'exit code 0' } as const,
  ]),
)(
  'loses and repeats nothing that was answered when the $name service gets $signal under load',
  async (one) => {
    const process = system.services[one.name];
    const before = await rowsOf(system.database);
    await using load = await KeyedLoad.begin(system.staff, system.direct);
    let back = 0;
    for (let time = 0; time < times; time += 1) {
      await sleep(500 + 100 * time);
      process.signal(one.signal);
      expect(await process.ended).toBe(one.end);
      await process.start();
      back = performance.now();
    }
    await sleep(500);
    await load.end();

    const recovery = load.recoveryMs(back)[one.name];
    console.info(
      `the ${one.name} service got ${one.signal}: a write was answered ${recovery} ms after it was ready`,
    );
    expect(['201', 'no answer', '503 unavailable']).toEqual(expect.arrayContaining([...load.outcomes]));
    expect(load.longestMs).toBeLessThan(answeredWithinMs);
    expect(recovery).toBeLessThan(recoveredWithinMs);
    await load.expectKept(system.database, before);
  },
);

it('has both services know the same in the end', () => expectAgreement(system.database));
