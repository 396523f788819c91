import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Span } from '../booking/rules/index.ts';
import { united } from '../booking/rules/span.ts';
import { freedBy, remaining, without } from './freed-time.ts';

const anySpans = fc
  .array(
    fc
      .tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 8 }))
      .map(([start, length]) => ({ start, end: start + length })),
    { maxLength: 8 },
  )
  .map(united);

const moments = Array.from({ length: 50 }, (_, moment) => moment);
const covers = (spans: readonly Span[], moment: number) =>
  spans.some(({ start, end }) => start <= moment && moment < end);

describe('spans without others', () => {
  it('are every moment of the one that none of the others has', () => {
    fc.assert(
      fc.property(anySpans, anySpans, (spans, others) => {
        const left = without(spans, others);
        for (const moment of moments)
          expect(covers(left, moment)).toBe(covers(spans, moment) && !covers(others, moment));
        expect(left.every(({ start, end }) => start < end)).toBe(true);
      }),
    );
  });
});

describe('what remains of a time', () => {
  it('begins now at the earliest, and is nothing when it has passed', () => {
    const spans = [
      { start: 20, end: 30 },
      { start: 0, end: 5 },
      { start: 4, end: 12 },
    ];
    expect(remaining(spans, 10)).toEqual([
      { start: 10, end: 12 },
      { start: 20, end: 30 },
    ]);
    expect(remaining(spans, 30)).toEqual([]);
  });
});

describe('given up claims', () => {
  it('free one time an owner, as wide as the widest of them', () => {
    const visit = { ownerId: 'a', start: 10, end: 20 };
    const claims = [
      { ...visit, kind: 'patient' as const, resourceId: 'pat' },
      { ...visit, kind: 'practitioner' as const, resourceId: 'doc', start: 5, end: 25 },
      { ownerId: 'b', kind: 'room' as const, resourceId: 'room', start: 40, end: 50 },
    ];
    expect(freedBy(claims)).toEqual([
      { practitionerId: 'doc', roomId: undefined, patientId: 'pat', during: [{ start: 5, end: 25 }] },
      { practitionerId: undefined, roomId: 'room', patientId: undefined, during: [{ start: 40, end: 50 }] },
    ]);
  });
});
