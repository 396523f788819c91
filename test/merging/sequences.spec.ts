import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { PatientChanged } from '#contracts';
import { disagreements } from '../harness/merges.ts';
import { MergingDesk, type Registered } from './desk.ts';

const sequenceCount = 500;
/** A failure tells the path to the sequence that failed: put beside the seed it runs that one alone. */
const reproducible = { seed: 20_270_207 };
const enough = 20;

type Wish =
  | { kind: 'create'; shared: number[] }
  | { kind: 'edit'; patient: number; gender: string; isContact: boolean }
  | { kind: 'merge'; survivor: number; duplicate: number }
  | { kind: 'undo'; merge: number }
  | { kind: 'book'; patient: number; practitioner: number; time: number; isOverride: boolean }
  | { kind: 'status'; appointment: number; status: string }
  | { kind: 'move'; appointment: number; practitioner: number; time: number }
  | { kind: 'deliver'; order: number[]; isKept: boolean };

const place = fc.nat(40);
const wish: fc.Arbitrary<Wish> = fc.oneof(
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('create'), shared: fc.array(fc.nat(3), { maxLength: 2 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('edit'),
      patient: place,
      gender: fc.constantFrom('male', 'female', 'other'),
      isContact: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('merge'), survivor: place, duplicate: place }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('undo'), merge: place }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('book'),
      patient: place,
      practitioner: place,
      time: place,
      isOverride: fc.nat(9).map((chance) => chance === 0),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('status'),
      appointment: place,
      status: fc.constantFrom('cancelled', 'noshow', 'booked', 'arrived'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('move'), appointment: place, practitioner: place, time: place }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('deliver'),
      order: fc.array(place, { maxLength: 5 }),
      isKept: fc.boolean(),
    }),
  },
);

let desk: MergingDesk;
/** The records by what was said of each itself: what they are to be when nothing is merged. */
let known: Map<string, Registered>;
let serial = 0;
const tally = new Map<string, number>();

beforeAll(async () => {
  desk = await MergingDesk.open();
});
afterAll(() => desk.close());

it('gives back every record and every appointment, whatever came between and however late it was told', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(wish, { minLength: 6, maxLength: 24 }),
      fc.array(place),
      async (wishes, order) => {
        await desk.clear();
        known = new Map();
        for (const shared of [[0, 1], [1, 2], [2]]) await create(shared);
        for (const each of wishes) {
          await carryOut(each);
          if (each.kind === 'deliver') expect(await desk.contradictions()).toEqual([]);
        }
        await deliverAll(order);
        await expectAgreement();
        await undoAll(order);
        await deliverAll(order.toReversed());
        await expectAgreement();
        for (const [id, record] of known) expect(bare(await desk.read(id))).toEqual(bare(record));
        expect(await desk.owners()).toEqual(desk.appointments.toSorted((a, b) => (a.id < b.id ? -1 : 1)));
      },
    ),
    { ...reproducible, numRuns: sequenceCount },
  );
  console.info(
    `${sequenceCount} sequences of merges: ${JSON.stringify(Object.fromEntries([...tally].sort()))}`,
  );
  // What hardly ever happens agrees too easily to prove much.
  const wanted = [
    'merge 201',
    'undo 200',
    'undo 409',
    'book 201',
    'move 200',
    'edit 200',
    'edit 422',
    'collided',
  ];
  expect(wanted.filter((name) => (tally.get(name) ?? 0) < enough)).toEqual([]);
}, 1_200_000);

function count(name: string): void {
  tally.set(name, (tally.get(name) ?? 0) + 1);
}

async function carryOut(wish: Wish): Promise<void> {
  const status = await attempt(wish);
  if (status === undefined) return;
  count(`${wish.kind} ${status}`);
  if (status >= 500) throw new Error(`${JSON.stringify(wish)}: ${status}`);
}

/** @returns the status answered; undefined when there is nothing to do it with */
async function attempt(wish: Wish): Promise<number | undefined> {
  switch (wish.kind) {
    case 'create':
      await create(wish.shared);
      return 201;
    case 'edit':
      return edit(nth(desk.patients, wish.patient) ?? '', wish.gender, wish.isContact);
    case 'merge':
      return (
        await desk.merge(nth(desk.patients, wish.survivor) ?? '', nth(desk.patients, wish.duplicate) ?? '')
      ).status;
    case 'undo': {
      const id = nth(desk.merges, wish.merge);
      return id === undefined ? undefined : (await desk.undo(id)).status;
    }
    case 'book': {
      const { patient, practitioner, time, isOverride } = wish;
      return (await desk.book(nth(desk.patients, patient) ?? '', practitioner, time, isOverride)).status;
    }
    case 'status': {
      const appointment = nth(desk.appointments, wish.appointment);
      return appointment && (await desk.becomes(appointment.id, wish.status)).status;
    }
    case 'move': {
      const appointment = nth(desk.appointments, wish.appointment);
      return appointment && (await desk.move(appointment.id, wish.practitioner, wish.time)).status;
    }
    case 'deliver': {
      await desk.deliver((post, had) => {
        const all = [...post, ...had];
        return wish.order.map((each) => nth(all, each)).filter((each) => each !== undefined);
      }, wish.isKept);
      return undefined;
    }
  }
}

function nth<T>(list: readonly T[], place: number): T | undefined {
  return list[place % list.length];
}

const contact = (value: number) => ({ system: 'phone', value: `+4420794600${10 + value}` });

/** Records share some of their contacts. */
async function create(shared: readonly number[]): Promise<void> {
  serial += 1;
  const identifier = [{ system: 'urn:example:number', value: String(serial) }];
  const record = await desk.register({ identifier, telecom: [...new Set(shared)].map(contact) });
  known.set(record.id, record);
}

async function edit(id: string, gender: string, isContact: boolean): Promise<number> {
  const [now, before] = [await desk.read(id), known.get(id)];
  serial += 1;
  const added = [{ system: 'url', value: `https://person.example/${serial}` }];
  const patch = isContact ? { telecom: [...now.telecom, ...added] } : { gender };
  const { status } = await desk.change(id, now.version, patch);
  if (status === 200 && before)
    known.set(id, isContact ? { ...before, telecom: [...before.telecom, ...added] } : { ...before, gender });
  return status;
}

/** By ones, twos and threes from wherever, until nothing is left. */
async function deliverAll(order: readonly number[]): Promise<void> {
  let turn = 0;
  const next = () => order[(turn += 1) % order.length] ?? turn;
  const some = (post: PatientChanged[]) => {
    const batch = Array.from({ length: 1 + (next() % 3) }, () => nth(post, next()));
    return batch.filter((each) => each !== undefined);
  };
  while ((await desk.deliver(some)) > 0);
}

async function undoAll(order: readonly number[]): Promise<void> {
  const byWish = desk.merges
    .map((id, index) => ({ id, key: order[index % order.length] ?? 0 }))
    .sort((a, b) => a.key - b.key);
  for (let waiting = byWish.map(({ id }) => id); waiting.length > 0;) {
    const blocked: string[] = [];
    for (const id of waiting) {
      const { status, body } = await desk.undo(id);
      count(`undo ${status}`);
      if (status === 409 && (body as { code?: string }).code === 'merge_built_upon') blocked.push(id);
    }
    expect(blocked.length).toBeLessThan(waiting.length);
    waiting = blocked;
  }
}

async function expectAgreement(): Promise<void> {
  expect(await disagreements(desk.system.database)).toEqual([]);
  expect(await desk.contradictions()).toEqual([]);
  expect(await desk.astray()).toEqual([]);
  for (let colliding = await desk.collisions(); colliding > 0; colliding -= 1) count('collided');
}

/** But for the marks that every change leaves. */
function bare(record: Registered): object {
  return { ...record, version: undefined, updatedAt: undefined };
}
