import fc from 'fast-check';
import { rangeAround, type Range } from './range.arbitrary.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** Zones whose clocks jump by half an hour, by two, at midnight, into the day before, or not at all. */
const zones = [
  'UTC',
  'Asia/Kathmandu',
  'Pacific/Kiritimati',
  'Europe/London',
  'Atlantic/Azores',
  'Asia/Beirut',
  'Antarctica/Troll',
  'America/New_York',
  'America/St_Johns',
  'America/Havana',
  'America/Santiago',
  'Australia/Lord_Howe',
];

/**
 * Moments at which the clock is stopped, each a day or two before clocks jump somewhere. They lie ahead, as holds are
 * judged by the clock of the database, which runs on.
 */
export const moments = [
  '2040-03-09T13:00:00.000Z', // New York, St John’s, Havana
  '2040-03-23T20:15:00.000Z', // London, the Azores, Beirut, Troll
  '2040-03-30T06:10:00.001Z', // Lord Howe
  '2040-04-06T18:30:00.000Z', // Santiago
  '2040-08-31T23:59:59.999Z', // Santiago
  '2040-10-05T00:00:00.000Z', // Lord Howe
  '2040-10-26T07:45:00.000Z', // London, the Azores, Beirut, Troll
  '2040-11-02T16:20:30.500Z', // New York, St John’s, Havana
];

export const anyZone: fc.Arbitrary<string> = fc.constantFrom(...zones);

/** A zone and a range of about a day: just after the moment, in the days after it, or around a jump that is near. */
export function zonesAndRangesAfter(now: number): fc.Arbitrary<{ zone: string; range: Range }> {
  const hours = (min: number, max: number): fc.Arbitrary<number> =>
    fc.integer({ min, max }).map((count) => now - (now % hourMs) + count * hourMs);
  const jumps = zones.flatMap((zone) => {
    const jump = jumpAfter(zone, now);
    return jump < now + 96 * hourMs ? [{ zone, jump }] : [];
  });
  return fc.oneof(
    fc.record({ zone: anyZone, range: hours(0, 18).chain(rangeAround) }),
    fc.record({ zone: anyZone, range: hours(0, 72).chain(rangeAround) }),
    fc
      .constantFrom(...jumps)
      .chain(({ zone, jump }) => fc.record({ zone: fc.constant(zone), range: rangeAround(jump) })),
  );
}

/** When the clocks of a zone jump next; Infinity where they never do. */
export function jumpAfter(timeZone: string, instant: number): number {
  const next = Temporal.Instant.fromEpochMilliseconds(instant)
    .toZonedDateTimeISO(timeZone)
    .getTimeZoneTransition('next');
  return next?.epochMilliseconds ?? Infinity;
}
