import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { clusterOfRun } from '../harness/database.ts';
import { startProcesses, type ProcessSystem } from '../harness/processes.ts';
import { portOf } from '../harness/raw.ts';
import { FaultProxy } from './fault-proxy.ts';
import { answeredWithinMs, expectAgreement, KeyedLoad, recoveredWithinMs, rowsOf } from './keyed-load.ts';

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

interface Fault {
  readonly what: string;
  readonly happens: () => Promise<void>;
  readonly withinMs?: number;
  /** By what it shows that the fault reached the services; otherwise a 503. */
  readonly isFelt?: (load: KeyedLoad) => boolean;
}

/** Longer than a statement is waited for. */
const silenceMs = 18_000;

it.each<Fault>([
  {
    what: 'stalls for 5 s',
    happens: () => proxy.stall(5_000),
    isFelt: ({ longestMs }) => longestMs >= 4_000,
  },
  // Nobody waits for its end.
  { what: 'falls silent', happens: () => proxy.stall(silenceMs), withinMs: silenceMs },
  { what: 'drops all connections again and again', happens: () => againAndAgain('drop') },
  { what: 'resets all connections again and again', happens: () => againAndAgain('reset') },
  { what: 'lets nobody in for 2 s', happens: () => proxy.refuse(2_000) },
])(
  'loses and repeats nothing that was answered when the database $what under load',
  async ({
    what,
    happens,
    withinMs = answeredWithinMs,
    isFelt = ({ outcomes }) => outcomes.has('503 unavailable'),
  }) => {
    const before = await rowsOf(system.database);
    await using load = await KeyedLoad.begin(system.staff, system.direct);
    await sleep(500);
    await happens();
    const back = performance.now();
    await sleep(1_000);
    await load.end();

    const recovery = load.recoveryMs(back);
    console.info(
      `the database ${what}: the first writes were answered ${recovery.patient} and ${recovery.appointment} ms after it was ` +
        `back, the longest request took ${Math.ceil(load.longestMs)} ms, ${[...load.outcomes].join(', ')}`,
    );
    expect(isFelt(load)).toBe(true);
    expect(['201', '503 unavailable']).toEqual(expect.arrayContaining([...load.outcomes]));
    expect(load.longestMs).toBeLessThan(withinMs);
    expect(Math.max(recovery.patient, recovery.appointment)).toBeLessThan(recoveredWithinMs);
    await load.expectKept(system.database, before);
  },
);

it('has both services know the same in the end', () => expectAgreement(system.database));
