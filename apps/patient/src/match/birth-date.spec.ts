import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { birthDateLevel, partsOf } from './birth-date.ts';

const dates = fc
  .integer({ min: 0, max: 60_000 })
  .map((days) => Temporal.PlainDate.from('1850-01-01').add({ days }).toString());
const digits = fc.integer({ min: 0, max: 9 }).map(String);

/** A date, and the same with some slip of the pen, a date or not. */
const mistyped = dates.chain((date) =>
  fc
    .oneof(
      fc
        .tuple(fc.constantFrom(0, 1, 2, 3, 5, 6, 8, 9), digits)
        .map(([place, digit]) => date.slice(0, place) + digit + date.slice(place + 1)),
      fc.constantFrom(0, 1, 2, 5, 8).map((place) => swapped(date, place, place + 1)),
      fc.constantFrom(3, 6).map((place) => swapped(date, place, place + 2)),
      fc.constant(`${date.slice(0, 4)}-${date.slice(8)}-${date.slice(5, 7)}`),
      fc
        .constantFrom([0, 4], [5, 7], [8, 10])
        .chain(([from = 0, to = 0]) =>
          dates.map((other) => date.slice(0, from) + other.slice(from, to) + date.slice(to)),
        ),
      dates,
    )
    .map((other) => [date, other] as const),
);

function swapped(text: string, a: number, b: number): string {
  const letters = [...text];
  [letters[a], letters[b]] = [text[b] ?? '', text[a] ?? ''];
  return letters.join('');
}

it('dates that agree in any way have a part in common, so that their registrations wait for each other', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(mistyped, ([a, b]) => {
      const level = birthDateLevel(a, b);
      seen.add(level);
      const isShared = partsOf(a).some((part) => partsOf(b).includes(part));
      expect(isShared || level === 'differs').toBe(true);
    }),
    { numRuns: 5_000 },
  );
  expect([...seen].sort()).toEqual(
    ['differs', 'dayForMonth', 'digitWrong', 'digitsSwapped', 'partWrong', 'same'].sort(),
  );
});

it('a date has four parts, which come in one order', () => {
  fc.assert(
    fc.property(dates, (date) => {
      const parts = partsOf(date);
      expect(new Set(parts).size).toBe(4);
      expect(parts).toEqual(parts.toSorted());
    }),
  );
});

it('dates that have nothing in common share no part but by their digits', () => {
  expect(partsOf('1984-02-11').filter((part) => partsOf('1951-10-27').includes(part))).toEqual([]);
});
