import fc from 'fast-check';

const minuteMs = 60_000;

/** Zones with the years worth visiting: where clocks jumped by an hour, half an hour, a quarter, a day, at midnight. */
const zones = {
  UTC: ['2020-01-01', '2030-01-01'],
  'Europe/London': ['2000-01-01', '2035-01-01'],
  'America/New_York': ['2000-01-01', '2035-01-01'],
  'Australia/Lord_Howe': ['2008-01-01', '2035-01-01'],
  'Asia/Kathmandu': ['1985-06-01', '1985-12-31'], // +05:30 to +05:45 as 1986 began, the zone's last jump
  'Pacific/Apia': ['2011-08-01', '2012-03-31'], // has no 2011-12-30
  'America/St_Johns': ['2000-01-01', '2011-11-01'], // jumped at 00:01, back into the day before
  'Asia/Tehran': ['2008-01-01', '2022-09-01'], // jumped at midnight
} as const;
export type Zone = keyof typeof zones;
export const zoneNames = Object.keys(zones) as Zone[];
const jumpingZones = zoneNames.filter((zone) => zone !== 'UTC');

/** What is asked for: [start, end), epoch milliseconds. */
export interface Range {
  start: number;
  end: number;
}

/** Mostly the first, sometimes the second. */
export const usually = <T>(common: fc.Arbitrary<T>, rare: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ arbitrary: common, weight: 9 }, { arbitrary: rare, weight: 1 });

const instantOf = (zone: Zone): fc.Arbitrary<number> =>
  fc
    .integer({ min: Date.parse(zones[zone][0]), max: Date.parse(zones[zone][1]) })
    .map((instant) => instant - (instant % (15 * minuteMs)));

/** A moment at which the clocks of the zone jump. */
const jumpOf = (zone: Zone): fc.Arbitrary<number> =>
  instantOf(zone).map((instant) => {
    const jump = Temporal.Instant.fromEpochMilliseconds(instant)
      .toZonedDateTimeISO(zone)
      .getTimeZoneTransition('next');
    if (!jump) throw new Error(`${zone} has no jump after the years it is visited in`);
    return jump.epochMilliseconds;
  });

/** Eighteen to thirty-six hours, the anchor among the first twelve; seldom on an odd millisecond. */
export const rangeAround = (anchor: number): fc.Arbitrary<Range> =>
  fc
    .record({
      lead: fc.integer({ min: 0, max: 48 }),
      quarters: fc.integer({ min: 72, max: 144 }),
      odd: usually(fc.constant(0), fc.integer({ min: 1, max: minuteMs - 1 })),
    })
    .map(({ lead, quarters, odd }) => {
      const start = anchor - lead * 15 * minuteMs + odd;
      return { start, end: start + quarters * 15 * minuteMs };
    });

const around = (zone: Zone, anchor: fc.Arbitrary<number>): fc.Arbitrary<{ zone: Zone; range: Range }> =>
  anchor.chain(rangeAround).map((range) => ({ zone, range }));

/** Ranges of about a day, half of them around a jump of the zone's clocks. */
export const zonesAndRanges: fc.Arbitrary<{ zone: Zone; range: Range }> = fc.oneof(
  fc.constantFrom(...zoneNames).chain((zone) => around(zone, instantOf(zone))),
  fc.constantFrom(...jumpingZones).chain((zone) => around(zone, jumpOf(zone))),
);
