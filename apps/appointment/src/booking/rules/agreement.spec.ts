import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bookableStarts, refusals } from './offer.ts';
import { at, everyDay, practitioner, type } from './rules.fixtures.ts';
import { availableSpans, type Schedule } from './schedule.ts';
import { minuteMs } from './span.ts';
import { dateText, dayMs } from './zone.ts';

// Around days on which the clocks do something: an hour or half of one either way, at midnight, just after it, a day.
const moments = fc.constantFrom(
  ['Europe/London', '2026-03-29'] as const,
  ['Europe/London', '2026-10-25'] as const,
  ['America/New_York', '2026-03-08'] as const,
  ['America/New_York', '2026-11-01'] as const,
  ['Australia/Lord_Howe', '2026-04-05'] as const,
  ['Australia/Lord_Howe', '2026-10-04'] as const,
  ['America/Sao_Paulo', '2018-11-04'] as const,
  ['America/Sao_Paulo', '2019-02-17'] as const,
  ['America/St_Johns', '2010-11-07'] as const,
  ['Pacific/Apia', '2011-12-30'] as const,
  ['Asia/Kathmandu', '2026-06-01'] as const,
);

const hours = fc
  .uniqueArray(fc.integer({ min: 0, max: 24 * 12 }), { minLength: 2, maxLength: 2 })
  .map((times) => times.sort((a, b) => a - b).map(clockText))
  .map(([from = '', to = '']) => ({ from, to }));
const typeIds = rarely(fc.subarray(['type', 'other']));

function rarely<T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });
}

function clockText(fiveMinutes: number): string {
  return `${String(Math.floor(fiveMinutes / 12)).padStart(2, '0')}:${String((fiveMinutes % 12) * 5).padStart(2, '0')}`;
}

/** Only what is given: a field that is absent is not the same as one that is undefined. */
function given<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

const situations = moments.chain(([timeZone, date]) => {
  const noon = at(`${date}T12:00Z`);
  const dates = fc.integer({ min: -2, max: 2 }).map((days) => dateText(Math.floor(noon / dayMs) + days));
  const windows = fc
    .record({
      days: fc.subarray(everyDay, { minLength: 4 }),
      hours,
      typeIds,
      validFrom: rarely(dates),
      validTo: rarely(dates),
    })
    .map(({ hours: { from, to }, ...window }) => given({ ...window, from, to }));
  const exceptions = fc.oneof(
    dates.map((on) => ({ date: on, closed: true })),
    fc
      .record({ date: dates, hours, typeIds })
      .map(({ date: on, hours: { from, to }, typeIds: ids }) => given({ date: on, from, to, typeIds: ids })),
  );
  return fc.record({
    schedule: fc.record({
      timeZone: fc.constant(timeZone),
      weekly: fc.array(windows, { minLength: 1, maxLength: 5 }),
      exceptions: fc.array(exceptions, { maxLength: 3 }),
    }) as fc.Arbitrary<Schedule>,
    within: fc
      .tuple(fc.integer({ min: -36 * 60, max: 0 }), fc.integer({ min: 12 * 60, max: 48 * 60 }))
      .map(([from, length]) => ({ start: noon + from * minuteMs, end: noon + (from + length) * minuteMs })),
    now: fc.integer({ min: -3 * 24 * 60, max: 12 * 60 }).map((minutes) => noon + minutes * minuteMs),
  });
});

const anyType = fc
  .record({
    minutes: fc.constantFrom(1, 5, 20, 45, 90, 1440),
    slotStep: fc.constantFrom(1, 5, 15, 25, 60),
    minNoticeMinutes: fc.constantFrom(0, 90, 1500),
    maxDaysAhead: fc.integer({ min: 1, max: 4 }),
  })
  .map((rules) => type(rules));

function minutesOf({ start, end }: { start: number; end: number }): number[] {
  return Array.from({ length: (end - start) / minuteMs }, (_, index) => start + index * minuteMs);
}

describe('around every change of the clocks', () => {
  it('the bookable starts are those that nothing refuses', () => {
    fc.assert(
      fc.property(situations, anyType, ({ schedule, within, now }, rules) => {
        const doctor = practitioner(schedule);
        const unrefused = minutesOf(within).filter(
          (start) => refusals(doctor, rules, start, now).length === 0,
        );
        expect(bookableStarts(doctor, rules, within, now)).toEqual(unrefused);
      }),
    );
  });

  it('an instant is available when its local time lies in a window of its local date', () => {
    fc.assert(
      fc.property(situations, ({ schedule, within }) => {
        const spans = availableSpans(schedule, 'type', within);
        const available = minutesOf(within).filter((minute) => isAvailable(schedule, minute));
        expect(spans.flatMap(minutesOf)).toEqual(available);
      }),
    );
  });
});

/** The rule as the contract words it, for one instant. */
function isAvailable({ timeZone, weekly, exceptions }: Schedule, instant: number): boolean {
  const local = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timeZone);
  const date = local.toPlainDate().toString();
  const time = local.toPlainTime().toString({ smallestUnit: 'minute' });
  const replacing = exceptions.filter((exception) => exception.date === date);
  const weekday = everyDay[local.dayOfWeek - 1];
  const windows =
    replacing.length > 0
      ? replacing
      : weekly.filter(
          ({ days, validFrom, validTo }) =>
            days.some((day) => day === weekday) &&
            (!validFrom || validFrom <= date) &&
            (!validTo || date <= validTo),
        );
  return windows.some(
    ({ from, to, typeIds: ids }) => from && to && from <= time && time < to && (!ids || ids.includes('type')),
  );
}
