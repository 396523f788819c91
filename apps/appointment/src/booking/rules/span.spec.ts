import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Busy, instantText, united } from './span.ts';

const anySpans = fc.array(
  fc
    .tuple(fc.integer({ min: -30, max: 30 }), fc.integer({ min: 0, max: 8 }))
    .map(([start, length]) => ({ start, end: start + length })),
  { maxLength: 12 },
);

it('tells an instant in the fewest digits, as the database tells it', () => {
  expect(instantText(Date.UTC(2026, 10, 23, 9))).toBe('2026-11-23T09:00:00Z');
  expect(instantText(Date.UTC(2026, 10, 23, 9, 0, 0, 670))).toBe('2026-11-23T09:00:00.67Z');
  fc.assert(
    fc.property(
      fc.integer({ min: -4e12, max: 4e12 }),
      fc.constantFrom(1, 10, 100, 1_000, 60_000),
      (near, step) => {
        const instant = near - (near % step);
        expect(instantText(instant)).toBe(Temporal.Instant.fromEpochMilliseconds(instant).toString());
      },
    ),
  );
});

describe('united spans', () => {
  it('join where they overlap or touch, in whatever order they come', () => {
    const spans = [
      { start: 7, end: 9 },
      { start: 3, end: 5 },
      { start: 1, end: 4 },
      { start: 5, end: 6 },
    ];
    expect(united(spans)).toEqual([
      { start: 1, end: 6 },
      { start: 7, end: 9 },
    ]);
  });

  it('leave the given spans as they are', () => {
    const spans = [
      { start: 1, end: 2 },
      { start: 2, end: 3 },
    ];
    united(spans);
    expect(spans).toEqual([
      { start: 1, end: 2 },
      { start: 2, end: 3 },
    ]);
  });
});

describe('a busy resource', () => {
  const busy = new Busy([
    { start: 10, end: 20 },
    { start: 30, end: 40 },
  ]);

  it.each([
    ['begins where another ends', { start: 20, end: 25 }, false],
    ['ends where another begins', { start: 25, end: 30 }, false],
    ['reaches a moment into another', { start: 20, end: 31 }, true],
    ['lies within another', { start: 12, end: 13 }, true],
    ['holds another', { start: 5, end: 50 }, true],
    ['comes after all', { start: 40, end: 99 }, false],
  ])('judges a span that %s', (_, span, overlaps) => {
    expect(busy.overlaps(span)).toBe(overlaps);
  });

  it('is free when nothing occupies it', () => {
    expect(new Busy([]).overlaps({ start: 0, end: 1 })).toBe(false);
  });

  it('overlaps whatever shares a moment with one of its spans', () => {
    fc.assert(
      fc.property(anySpans, fc.integer({ min: -35, max: 35 }), fc.nat(9), (spans, start, length) => {
        const moments = Array.from({ length }, (_, index) => start + index);
        const shares = moments.some((moment) => spans.some((s) => s.start <= moment && moment < s.end));
        expect(new Busy(spans).overlaps({ start, end: start + length })).toBe(shares);
      }),
    );
  });
});
