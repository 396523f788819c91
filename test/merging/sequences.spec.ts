import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MergingDesk } from './desk.ts';
import { Sequence } from './sequence.ts';
import { place, wish } from './wish.ts';

const sequenceCount = 500;
/**
 * So many sequences are under way at once, each at a desk with a database of its own: while one waits for PostgreSQL
 * another goes on.
 */
const deskCount = 5;
/** The first desk's; a failure tells the seed and the path to the sequence that failed: together they run it alone. */
const seed = 20_270_207;
const enough = 20;

let desks: readonly MergingDesk[];
const tally = new Map<string, number>();

beforeAll(async () => {
  desks = await Promise.all(Array.from({ length: deskCount }, () => MergingDesk.open()));
});
afterAll(() => Promise.all(desks.map((desk) => desk.close())));

function count(what: string): void {
  tally.set(what, (tally.get(what) ?? 0) + 1);
}

it('gives back every record and every appointment, whatever came between and however late it was told', async () => {
  const sequences = [fc.array(wish, { minLength: 6, maxLength: 24 }), fc.array(place)] as const;
  await Promise.all(
    desks.map((desk, index) =>
      fc.assert(
        fc.asyncProperty(...sequences, (wishes, order) => new Sequence(desk, count).run(wishes, order)),
        { seed: seed + index, numRuns: sequenceCount / deskCount },
      ),
    ),
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
