import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  faultsIn,
  link,
  origin,
  sealed,
  type ChainedRow,
  type Fault,
  type Followed,
  type Head,
  type Seal,
} from './chain.ts';

/** Rows with gaps in their numbers, as transactions that were rolled back leave them. */
const log = fc
  .array(
    fc.record({
      gap: fc.integer({ min: 1, max: 3 }),
      columns: fc.array(fc.option(fc.string()), { maxLength: 4 }),
    }),
    { minLength: 1, maxLength: 30 },
  )
  .map((rows) => {
    let seq = 0;
    return rows.map(({ gap, columns }): ChainedRow => ({ seq: (seq += gap), columns }));
  });
const tampered = log.chain((rows) => fc.tuple(fc.constant(rows), fc.nat({ max: rows.length - 1 })));

async function follow(
  rows: readonly ChainedRow[],
  seals: readonly Seal[],
  heads: readonly Head[] = [],
  from = origin,
): Promise<{ faults: Fault[]; end: Followed }> {
  const faults: Fault[] = [];
  const following = faultsIn(each(rows), each(seals), from, heads);
  for (;;) {
    const step = await following.next();
    if (step.done === true) return { faults, end: step.value };
    faults.push(step.value);
  }
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

/** What is there at an index, which the generators see to. */
function at<T>(items: readonly T[], index: number): T {
  const item = items.at(index);
  if (item === undefined) throw new Error(`nothing at ${index}`);
  return item;
}

const sealedOf = (rows: readonly ChainedRow[]) => sealed(origin, rows);
const everywhere = (property: fc.IAsyncProperty<unknown>) => fc.assert(property, { numRuns: 200 });

describe('a chain', () => {
  it('that nobody touched has no fault, however it was sealed in pieces, and ends at its head', () =>
    everywhere(
      fc.asyncProperty(tampered, async ([rows, cut]) => {
        const first = sealed(origin, rows.slice(0, cut));
        const seals = [...first, ...sealed(first.at(-1) ?? origin, rows.slice(cut))];
        expect(seals).toEqual(sealedOf(rows));
        const head = at(seals, -1);
        const { faults, end } = await follow(rows, seals, [head, at(seals, cut)]);
        expect(faults).toEqual([]);
        expect(end).toEqual({
          head: { position: rows.length, hash: head.hash },
          waiting: 0,
          next: undefined,
        });
      }),
    ));

  it('says how many rows wait, and can be followed from any seal that is trusted', () =>
    everywhere(
      fc.asyncProperty(tampered, async ([rows, cut]) => {
        const seals = sealedOf(rows.slice(0, cut));
        expect(await follow(rows, seals)).toMatchObject({
          faults: [],
          end: { waiting: rows.length - cut, next: at(rows, cut).seq },
        });
        const all = sealedOf(rows);
        const { faults, end } = await follow(rows.slice(cut + 1), all.slice(cut + 1), [], at(all, cut));
        expect([faults, end.head.position]).toEqual([[], rows.length]);
      }),
    ));

  it('names the row of which a column was altered, and no other', () =>
    everywhere(
      fc.asyncProperty(tampered, fc.string({ minLength: 1 }), async ([rows, index], more) => {
        const { seq, columns } = at(rows, index);
        const altered = rows.with(index, { seq, columns: [...columns, more] });
        const { faults } = await follow(altered, sealedOf(rows));
        const position = index + 1;
        expect(faults).toEqual([
          // At the end no later seal tells whether it was the row or its seal.
          position === rows.length
            ? { what: 'untold', position, last: position }
            : { what: 'altered', position, seq },
        ]);
      }),
    ));

  it('names the seal that was altered, and accuses no row', () =>
    everywhere(
      fc.asyncProperty(tampered, async ([rows, index]) => {
        const seals = sealedOf(rows);
        const altered = seals.with(index, { ...at(seals, index), hash: 'f'.repeat(64) });
        const position = index + 1;
        expect((await follow(rows, altered)).faults).toEqual([
          position === rows.length
            ? { what: 'untold', position, last: position }
            : { what: 'resealed', position },
        ]);
      }),
    ));

  it('names the row that was removed, and no other', () =>
    everywhere(
      fc.asyncProperty(tampered, async ([rows, index]) => {
        const { faults } = await follow(rows.toSpliced(index, 1), sealedOf(rows));
        expect(faults).toEqual([{ what: 'removed', position: index + 1, seq: at(rows, index).seq }]);
      }),
    ));

  it('names a row that was slipped in before its end, under a number of its own or one that is taken', () =>
    everywhere(
      fc.asyncProperty(tampered, fc.boolean(), fc.boolean(), async ([rows, index], isTaken, isAfter) => {
        const { seq } = at(rows, index);
        const alien = { seq: isTaken ? seq : seq - 0.5, columns: ['alien'] };
        const { faults } = await follow(
          rows.toSpliced(isTaken && isAfter ? index + 1 : index, 0, alien),
          sealedOf(rows),
        );
        expect(faults).toEqual([{ what: 'slipped in', seq: alien.seq }]);
      }),
    ));

  it('names two rows whose numbers were exchanged, and two seals whose places were', () =>
    everywhere(
      fc.asyncProperty(tampered, async ([rows, index]) => {
        // No further than where other rows tell of each of them.
        fc.pre(index > 1 && index < rows.length - 1);
        fc.pre(JSON.stringify(at(rows, index).columns) !== JSON.stringify(at(rows, 0).columns));
        const [first, other] = [at(rows, 0), at(rows, index)];
        const exchanged = rows
          .with(0, { ...other, seq: first.seq })
          .with(index, { ...first, seq: other.seq });
        const seals = sealedOf(rows);
        const { faults } = await follow(exchanged, seals);
        expect(faults).toEqual([
          { what: 'altered', position: 1, seq: first.seq },
          { what: 'altered', position: index + 1, seq: other.seq },
        ]);
        const places = seals
          .with(0, { ...at(seals, index), position: 1 })
          .with(index, { ...at(seals, 0), position: index + 1 });
        const inPlaces = (await follow(rows, places)).faults;
        expect(inPlaces).toContainEqual({ what: 'reordered', position: index + 1, seq: first.seq });
      }),
    ));

  it('names seals that are gone, and accuses no row that they were of', () =>
    everywhere(
      fc.asyncProperty(tampered, fc.nat(), async ([rows, index], more) => {
        fc.pre(index < rows.length - 1);
        const count = 1 + (more % (rows.length - 1 - index));
        const { faults } = await follow(rows, sealedOf(rows).toSpliced(index, count));
        expect(faults).toEqual([{ what: 'unsealed', position: index + 1, last: index + count }]);
      }),
    ));

  it('says where it can’t tell: a row was altered whose seal is gone too', async () => {
    const rows = Array.from({ length: 9 }, (_, index): ChainedRow => ({ seq: index + 1, columns: ['own'] }));
    const seals = sealedOf(rows);
    const altered = rows.with(4, { seq: 5, columns: ['alien'] });
    const gone = { what: 'unsealed', position: 5, last: 6 };
    expect((await follow(altered, seals.toSpliced(4, 2))).faults).toEqual([
      gone,
      { what: 'untold', position: 5, last: 7 },
    ]);
    // The row before the seals that are gone is told of by what comes after them.
    const before = rows.with(3, { seq: 4, columns: ['alien'] });
    expect((await follow(before, seals.toSpliced(4, 2))).faults).toEqual([
      gone,
      { what: 'altered', position: 4, seq: 4 },
    ]);
  });

  it('that was cut off, or written anew, is found by a head that was kept, and only by one', () =>
    everywhere(
      fc.asyncProperty(tampered, async ([rows, index]) => {
        const head = at(sealedOf(rows), -1);
        const cut = rows.slice(0, index);
        expect((await follow(cut, sealedOf(cut), [head])).faults).toEqual([
          { what: 'truncated', position: rows.length },
        ]);
        const { seq, columns } = at(rows, index);
        const anew = rows.with(index, { seq, columns: [...columns, 'alien'] });
        expect((await follow(anew, sealedOf(anew), [head])).faults).toEqual([
          { what: 'rewritten', position: rows.length },
        ]);
        expect((await follow(anew, sealedOf(anew))).faults).toEqual([]);
      }),
    ));
});

it('a link depends on everything of the row and on what is before it', () => {
  const row = { seq: 1, columns: ['a', null] };
  const others = [
    { ...row, seq: 2 },
    { ...row, columns: ['a', 'null'] },
    { ...row, columns: ['a'] },
  ];
  const hashes = [...[row, ...others].map((each) => link(origin.hash, each)), link('f'.repeat(64), row)];
  expect(new Set(hashes).size).toBe(5);
});
