import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import pg from 'pg';
import { repeat } from '../faults/outcome.ts';
import { act } from './acting.ts';
import { Desks } from './desks.ts';
import { impossibleIn } from './impossible.ts';
import { observe } from './observing.ts';
import { Quiet } from './quiet.ts';
import { SmallClinic } from './small-clinic.ts';
import { steps, type Step, type Wish } from './wish.ts';

const sequenceCount = 300;
/** At once, each in a clinic of its own: most of the time goes by in waiting for what happens by itself. */
const clinicsAtOnce = 30;
const seed = 20_270_308;
const enough = 20;

let desks: Desks;
let quiet: Quiet;
let superuser: pg.Pool;
/** One clinic at a time has rooms. */
let isRoomsTaken = false;
const tally = new Map<string, number>();

beforeAll(async () => {
  desks = await Desks.open();
  superuser = new pg.Pool({ connectionString: desks.system.database.superuserUrl, max: 4 });
  quiet = await Quiet.open(superuser);
});
afterAll(async () => {
  await quiet.close();
  await superuser.end();
  await desks.close();
});

it('offers each freed time to the right one, and loses and doubles none, whichever process dies', async () => {
  const sequences = fc.sample(steps, { seed, numRuns: sequenceCount });
  const failures = await repeat(sequenceCount, clinicsAtOnce, async (number) => {
    const killsBefore = desks.kills;
    const failure = await run(number, sequences[number] ?? []);
    if (desks.kills > killsBefore) count('with a crash');
    return failure;
  });
  console.info(`${sequenceCount} sequences: ${JSON.stringify(Object.fromEntries([...tally].sort()))}`);
  expect(failures.filter((failure) => failure !== undefined).slice(0, 3)).toEqual([]);
  expect(await impossibleIn(superuser)).toEqual([]);
  expect(desks.kills).toBeGreaterThan(10);
  // What hardly ever happens agrees too easily to prove much.
  const wanted = ['with a crash', 'foretold', 'offered', ...first.map(({ kind }) => kind)];
  expect(wanted.filter((name) => (tally.get(name) ?? 0) < enough)).toEqual([]);
}, 2_400_000);

function count(name: string): void {
  tally.set(name, (tally.get(name) ?? 0) + 1);
}

/** The calendar fills, and some wait. */
const first: Wish[] = [
  { kind: 'book', patient: 0, visit: 0, practitioner: 0, start: 0 },
  { kind: 'book', patient: 1, visit: 0, practitioner: 1, start: 0 },
  { kind: 'book', patient: 2, visit: 0, practitioner: 0, start: 1 },
  { kind: 'book', patient: 3, visit: 0, practitioner: 1, start: 1 },
  { kind: 'hold', patient: 0, visit: 0, practitioner: 0, start: 2 },
  { kind: 'enter', patient: 0, visit: 0, practitioner: 2, from: 0, length: 2, isUrgent: false },
  { kind: 'enter', patient: 4, visit: 0, practitioner: 2, from: 0, length: 4, isUrgent: false },
  { kind: 'enter', patient: 2, visit: 1, practitioner: 2, from: 0, length: 4, isUrgent: false },
];

/** @returns what went wrong, and how it came to that */
async function run(number: number, sequence: readonly Step[]): Promise<string | undefined> {
  const hasRooms = !isRoomsTaken;
  isRoomsTaken = true;
  const log: string[] = [`sequence ${number}${hasRooms ? ' with rooms' : ''}`];
  const clinic = await SmallClinic.open(number, desks, { quiet, superuser }, hasRooms);
  try {
    for (const wish of first)
      await take(clinic, { wishes: [{ wish, isSecond: false }], isDeadly: false }, log);
    for (const step of sequence) {
      const wrong = await take(clinic, step, log);
      if (wrong.length > 0) return [...log, ...wrong].join('\n');
    }
    const wrong = await impossibleIn(superuser);
    return wrong.length > 0 ? [...log, ...wrong].join('\n') : undefined;
  } catch (error) {
    return [...log, String(error)].join('\n');
  } finally {
    if (hasRooms) {
      await clinic.close();
      isRoomsTaken = false;
    }
  }
}

async function take(clinic: SmallClinic, { wishes, isDeadly }: Step, log: string[]): Promise<string[]> {
  const { line } = clinic;
  line.step += 1;
  const [dones] = await Promise.all([
    Promise.all(wishes.map(({ wish, isSecond }) => act(clinic, wish, isSecond))),
    isDeadly ? desks.kill() : undefined,
  ]);
  for (const [place, done] of dones.entries()) {
    const { wish } = wishes[place] ?? {};
    log.push(
      `${line.step}${isDeadly ? ' deadly' : ''} ${JSON.stringify(wish)} -> ${done?.told ?? 'nothing to do'}`,
    );
    if (done?.note) count(wish?.kind ?? '');
  }
  for (const done of dones.toSorted((a, b) => (a?.version ?? 0) - (b?.version ?? 0))) done?.note?.();
  await quiet.in(clinic.number);
  const isAlone = wishes.length === 1;
  if (isAlone && line.freedNow.length === 1) count('foretold');
  const wrong = await observe(clinic, isAlone);
  const offered = line.entries.filter(({ status }) => status === 'offered').length;
  for (let each = 0; each < offered; each += 1) count('offered');
  return wrong;
}
