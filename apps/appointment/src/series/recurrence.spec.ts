import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { maxOccurrences, type RecurrenceDto } from '#contracts';
import { occurrences, type Occurrence } from './recurrence.ts';

function at(text: string): number {
  return Temporal.Instant.from(text).epochMilliseconds;
}

/** `2026-11-02T09:00Z`, and what is missing behind it. */
function texts(found: readonly Occurrence[]): string[] {
  return found.map(({ start, missing }) =>
    [new Date(start).toISOString().replace(':00.000Z', 'Z'), ...(missing ? [missing] : [])].join(' '),
  );
}

function inLondon(start: string, recurrence: RecurrenceDto): string[] {
  return texts(occurrences(at(start), 'Europe/London', recurrence));
}

describe('a recurrence', () => {
  it.each([
    ['daily', 1, ['2026-11-02T09:00Z', '2026-11-03T09:00Z', '2026-11-04T09:00Z']],
    ['daily', 10, ['2026-11-02T09:00Z', '2026-11-12T09:00Z', '2026-11-22T09:00Z']],
    ['weekly', 1, ['2026-11-02T09:00Z', '2026-11-09T09:00Z', '2026-11-16T09:00Z']],
    ['weekly', 2, ['2026-11-02T09:00Z', '2026-11-16T09:00Z', '2026-11-30T09:00Z']],
    ['monthly', 1, ['2026-11-02T09:00Z', '2026-12-02T09:00Z', '2027-01-02T09:00Z']],
    ['monthly', 2, ['2026-11-02T09:00Z', '2027-01-02T09:00Z', '2027-03-02T09:00Z']],
  ] as const)('that is %s has every %i-th date, the first among them', (frequency, interval, expected) => {
    expect(inLondon('2026-11-02T09:00Z', { frequency, interval, count: 3 })).toEqual(expected);
  });

  it('keeps the time on the clocks when they change', () => {
    expect(inLondon('2026-10-24T08:00Z', { frequency: 'daily', count: 3 })).toEqual([
      ...['2026-10-24T08:00Z', '2026-10-25T09:00Z', '2026-10-26T09:00Z'],
    ]);
    expect(inLondon('2027-03-27T09:00Z', { frequency: 'daily', count: 3 })).toEqual([
      ...['2027-03-27T09:00Z', '2027-03-28T08:00Z', '2027-03-29T08:00Z'],
    ]);
  });

  it('tells the time of day that the clocks skip, and takes the first of two that they repeat', () => {
    expect(inLondon('2027-03-27T01:30Z', { frequency: 'daily', count: 3 })).toEqual([
      ...['2027-03-27T01:30Z', '2027-03-28T01:30Z time', '2027-03-29T00:30Z'],
    ]);
    expect(inLondon('2026-10-24T00:30Z', { frequency: 'daily', count: 3 })).toEqual([
      ...['2026-10-24T00:30Z', '2026-10-25T00:30Z', '2026-10-26T01:30Z'],
    ]);
  });

  it('begins at the second of two times that the clocks repeat, if it is asked to', () => {
    expect(inLondon('2026-10-25T01:30Z', { frequency: 'weekly', count: 2 })).toEqual([
      ...['2026-10-25T01:30Z', '2026-11-01T01:30Z'],
    ]);
  });

  it('tells a date that its zone left out', () => {
    const found = occurrences(at('2011-12-29T19:00Z'), 'Pacific/Apia', { frequency: 'daily', count: 3 });
    expect(found.map(({ date, missing }) => [date.toString(), missing])).toEqual([
      ['2011-12-29', undefined],
      ['2011-12-30', 'time'],
      ['2011-12-31', undefined],
    ]);
  });

  it('tells months without the date, by their last, and does not count them', () => {
    expect(inLondon('2027-01-31T09:00Z', { frequency: 'monthly', count: 3 })).toEqual([
      '2027-01-31T09:00Z',
      '2027-02-28T09:00Z date',
      '2027-03-31T08:00Z',
      '2027-04-30T08:00Z date',
      '2027-05-31T08:00Z',
    ]);
    expect(inLondon('2028-02-29T09:00Z', { frequency: 'monthly', interval: 12, count: 2 })).toEqual([
      ...['2028-02-29T09:00Z', '2029-02-28T09:00Z date', '2030-02-28T09:00Z date'],
      ...['2031-02-28T09:00Z date', '2032-02-29T09:00Z'],
    ]);
  });

  it.each([
    ['2026-11-04', 3],
    ['2026-11-03', 2],
    ['2026-11-02', 1],
    ['2026-11-01', 0],
    ['2026-11-04T09:00:00Z', 3],
    ['2026-11-04T08:59:59Z', 2],
    ['2026-11-04T14:30:00+05:30', 3],
  ])('until %s has %i dates: the last is included', (until, count) => {
    expect(inLondon('2026-11-02T09:00Z', { frequency: 'daily', until })).toHaveLength(count);
  });

  it('ends on the local date, whatever date it is elsewhere', () => {
    const found = occurrences(at('2026-11-01T20:00Z'), 'Pacific/Auckland', {
      frequency: 'daily',
      until: '2026-11-03',
    });
    expect(texts(found)).toEqual(['2026-11-01T20:00Z', '2026-11-02T20:00Z']);
  });

  it('that goes on for long ends one after the most there may be, and with the calendar', () => {
    const endless = { frequency: 'daily', until: '9998-01-01' } as const;
    expect(inLondon('2026-11-02T09:00Z', endless)).toHaveLength(maxOccurrences + 1);
    expect(inLondon('9997-11-02T09:00Z', { frequency: 'monthly', interval: 12, count: 9 })).toHaveLength(2);
  });
});

const rules = fc.record({
  frequency: fc.constantFrom('daily' as const, 'weekly' as const, 'monthly' as const),
  interval: fc.integer({ min: 1, max: 5 }),
});
const bounds = fc.oneof(
  fc.record({ count: fc.integer({ min: 1, max: 20 }) }),
  fc.record({ days: fc.integer({ min: 0, max: 300 }) }),
);
const zones = fc.constantFrom(
  ...['UTC', 'Europe/London', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu'],
);
const minutes = fc.integer({ min: at('2026-01-01T00:00Z') / 60_000, max: at('2028-12-31T00:00Z') / 60_000 });
/** Twenty dates of every fifth month, when every second of them lacks the date. */
const longEnoughDays = 20 * 5 * 62;

it('has just the dates that a walk through the calendar finds, each at the first one’s time of day', () => {
  fc.assert(
    fc.property(minutes, zones, rules, bounds, (minute, timeZone, rule, bound) => {
      const first = Temporal.Instant.fromEpochMilliseconds(minute * 60_000).toZonedDateTimeISO(timeZone);
      const date = first.toPlainDate();
      const walked =
        'count' in bound
          ? datesOf(date, rule, longEnoughDays).slice(0, bound.count)
          : datesOf(date, rule, bound.days).slice(0, maxOccurrences + 1);
      const until = 'days' in bound && { until: date.add(bound).toString() };
      const found = occurrences(first.epochMilliseconds, timeZone, {
        ...rule,
        ...('count' in bound && bound),
        ...until,
      });

      const there = found.filter(({ missing }) => missing !== 'date');
      expect(there.map((each) => each.date.toString())).toEqual(walked);
      const times = there.filter(({ missing }) => missing === undefined).map(({ start }) => start);
      expect(new Set(times.map((start) => clockOf(start, timeZone)))).toEqual(
        new Set([first.toPlainTime().toString()]),
      );
      const starts = found.map(({ start }) => start);
      expect(starts).toEqual([...new Set(starts)].sort((a, b) => a - b));
    }),
  );
});

/** The rule as RFC 5545 words it, asked of one date after the other. */
function datesOf(
  first: Temporal.PlainDate,
  { frequency, interval }: { frequency: string; interval: number },
  days: number,
): string[] {
  const isOne = (date: Temporal.PlainDate, day: number): boolean => {
    if (frequency === 'daily') return day % interval === 0;
    if (frequency === 'weekly') return day % (7 * interval) === 0;
    const months = (date.year - first.year) * 12 + date.month - first.month;
    return date.day === first.day && months % interval === 0;
  };
  return Array.from({ length: days + 1 }, (_, day) => [first.add({ days: day }), day] as const)
    .filter(([date, day]) => isOne(date, day))
    .map(([date]) => date.toString());
}

function clockOf(start: number, timeZone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(start).toZonedDateTimeISO(timeZone).toPlainTime().toString();
}
