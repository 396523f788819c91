import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { clusterOfRun } from '../harness/database.ts';
import { disagreements, queuesAreEmpty } from '../harness/merges.ts';
import { lose, tryAgain } from '../harness/passing.ts';
import { startProcesses, type ProcessSystem } from '../harness/processes.ts';
import { portOf } from '../harness/raw.ts';
import { FaultProxy } from './fault-proxy.ts';
import { answeredWithinMs, KeyedLoad, recoveredWithinMs, rowsOf } from './keyed-load.ts';

const undo = new AsyncDisposableStack();
let proxy: FaultProxy;
let system: ProcessSystem;

beforeAll(async () => {
  proxy = await FaultProxy.before(portOf(clusterOfRun().superuserUrl));
  undo.defer(() => proxy.stop());
  system = await startProcesses({ databasePort: proxy.port });
  undo.defer(() => system.stop());
});
afterAll(() => undo.disposeAsync());

const againAndAgain = async (fault: 'drop' | 'reset'): Promise<void> => {
  for (let time = 0; time < 8; time += 1) {
    proxy[fault]();
    await sleep(150 + 50 * time);
  }
};

/** Longer than a statement is waited for. */
const silenceMs = 18_000;

it.each<[string, () => Promise<void>, number?]>([
  ['stalls for 5 s', () => proxy.stall(5_000)],
  // Nobody waits for its end.
  ['falls silent', () => proxy.stall(silenceMs), silenceMs],
  ['drops all connections again and again', () => againAndAgain('drop')],
  ['resets all connections again and again', () => againAndAgain('reset')],
  ['lets nobody in for 2 s', () => proxy.refuse(2_000)],
])(
  'loses and repeats nothing that was answered when the database %s under load',
  async (what, fault, withinMs = answeredWithinMs) => {
    const before = await rowsOf(system.database);
    const load = await KeyedLoad.begin(system.staff, system.direct);
    await sleep(500);
    await fault();
    const back = performance.now();
    await sleep(1_000);
    await load.end();

    const recovery = load.recoveryMs(back);
    console.info(
      `the database ${what}: the first writes were answered ${recovery.patient} and ${recovery.appointment} ms after it was ` +
        `back, the longest request took ${Math.ceil(load.longestMs)} ms, ${[...load.outcomes].join(', ')}`,
    );
    expect(['201', '503 unavailable']).toEqual(expect.arrayContaining([...load.outcomes]));
    expect(load.longestMs).toBeLessThan(withinMs);
    expect(Math.max(recovery.patient, recovery.appointment)).toBeLessThan(recoveredWithinMs);
    await load.expectKept(system.database, before);
  },
);

it('has both services know the same in the end', async () => {
  await lose(system.database);
  await tryAgain(system.database);
  await queuesAreEmpty(system.database);
  expect(await disagreements(system.database)).toEqual([]);
});
