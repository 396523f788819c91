import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import type { Connection } from '#platform';
import type { ClaimRepository, Occupation } from '../booking/claim.repository.ts';
import { bookableStarts, dayMs, minuteMs, occupied, type Span } from '../booking/rules/index.ts';
import { at, daily, everyDay, practitioner, schedule, type } from '../booking/rules/rules.fixtures.ts';
import { FreeTimes, type FreeTime, type Search } from './free-times.ts';

const connection = {} as Connection;
const rooms = ['room 1', 'room 2'];

/** Coarse, so that many times lie equally far from a start. */
const quarterMs = 15 * minuteMs;
const quarters = (min: number, max: number) => fc.integer({ min, max }).map((count) => count * quarterMs);
const daysOfQuarters = (min: number, max: number) => quarters(min * 96, max * 96);

/** Some days have a time or two, so that the search must go far; some have dozens. */
const windows = fc
  .tuple(
    fc.constantFrom('00:00-01:30', '09:15-11:30', '22:30-24:00', '12:00-20:00'),
    fc.subarray(everyDay, { minLength: 1, maxLength: 3 }),
  )
  .map(([hours, days]) => daily(hours, { days }));

const practitioners = fc
  .uniqueArray(
    fc.record({
      id: fc.constantFrom('anna', 'ben', 'cleo'),
      // The clocks change in London within the horizon; Kiritimati and Niue are a day and an hour apart.
      timeZone: fc.constantFrom('Europe/London', 'Pacific/Kiritimati', 'Pacific/Niue'),
      weekly: fc.array(windows, { maxLength: 2 }),
    }),
    { selector: ({ id }) => id, minLength: 1 },
  )
  .map((drawn) =>
    drawn.map(({ id, timeZone, weekly }) => practitioner(schedule(timeZone, ...weekly), { id })),
  );

const types = fc
  .record({
    minutes: fc.constantFrom(15, 30, 90),
    bufferBefore: fc.constantFrom(0, 15, 1440),
    bufferAfter: fc.constantFrom(0, 30, 1440),
    slotStep: fc.constantFrom(15, 30, 240),
    minNoticeMinutes: fc.constantFrom(0, 90, 3000),
    maxDaysAhead: fc.constantFrom(0, 2, 10, 40),
  })
  .map((rules) => type(rules));

const searches: fc.Arbitrary<Search> = fc.record({
  type: types,
  practitioners,
  roomIds: fc.option(fc.subarray(rooms), { nil: undefined }),
  patientId: fc.option(fc.constant('patient'), { nil: undefined }),
  now: quarters(0, 96).map((time) => at('2026-10-20T00:00Z') + time),
});

/** Minutes or days long, as leave is; most around the days that are looked at first. */
const occupations = fc.array(
  fc.record({
    whose: fc.nat({ max: 59 }),
    from: fc.oneof(daysOfQuarters(-2, 4), daysOfQuarters(-3, 40)),
    length: fc.oneof(quarters(1, 8), quarters(1, 96), daysOfQuarters(1, 20)),
  }),
  { maxLength: 12 },
);

/** A start anywhere, also long past and far ahead, or one from which a time that is offered lies at the border of a ring. */
const centres = fc.oneof(
  fc.record({ offset: daysOfQuarters(-4, 48), place: fc.constant(undefined) }),
  fc.record({
    offset: fc
      .tuple(fc.constantFrom(0, 1, 3, 7), fc.constantFrom(-1, 1), quarters(-4, 4))
      .map(([days, side, more]) => side * days * dayMs + more),
    place: fc.nat(),
  }),
);

const situations = fc
  .record({ search: searches, taken: occupations, centre: centres, left: fc.option(fc.nat({ max: 8 })) })
  .map(({ search, taken, centre: { offset, place }, left }) => {
    const { now, practitioners: offering, roomIds = [], patientId = 'another patient' } = search;
    const resources = [...offering.map(({ id }) => id), ...roomIds, patientId];
    const busy = taken.map(({ whose, from, length }) => ({
      resourceId: resources[whose % resources.length] ?? patientId,
      start: now + from,
      end: now + from + length,
      heldUntil: undefined,
    }));
    const offered = everyFreeTime(search, []);
    const origin = place === undefined ? undefined : offered[place % offered.length]?.start;
    const start = (origin ?? now) + offset;
    const except = left === null ? undefined : byDistance(everyFreeTime(search, busy), start)[left];
    return { search: { ...search, ...(except && { except }) }, busy, start };
  });

/** By the words of the contract: each time that is offered, held against each occupation. */
function everyFreeTime(search: Search, busy: readonly Occupation[]): FreeTime[] {
  const { type: rules, roomIds, patientId, except, now } = search;
  const horizon = { start: now - dayMs, end: now + (rules.maxDaysAhead + 4) * dayMs };
  const isFree = (id: string, { start, end }: Span) =>
    !busy.some((other) => other.resourceId === id && other.start < end && start < other.end);
  return search.practitioners.flatMap((one) =>
    bookableStarts(one, rules, horizon, now)
      .filter((start) => {
        const { withBuffers, patient } = occupied(rules, start);
        const hasRoom = roomIds === undefined || roomIds.some((id) => isFree(id, withBuffers));
        const isLeft = except?.start === start && except.practitionerId === one.id;
        const suitsPatient = patientId === undefined || isFree(patientId, patient);
        return isFree(one.id, withBuffers) && hasRoom && suitsPatient && !isLeft;
      })
      .map((start) => ({ start, practitionerId: one.id })),
  );
}

function byDistance(times: readonly FreeTime[], start: number): FreeTime[] {
  const distance = (time: FreeTime) => Math.abs(time.start - start);
  return times.toSorted(
    (a, b) =>
      distance(a) - distance(b) || a.start - b.start || (a.practitionerId < b.practitionerId ? -1 : 1),
  );
}

/** Nothing is seen of what lies outside the span that is asked for. */
function freeTimesAmong(busy: readonly Occupation[]): FreeTimes {
  const claims = {
    occupations: (_: Connection, ids: readonly string[], { start, end }: Span) =>
      Promise.resolve({
        occupations: busy.filter(
          (taken) => ids.includes(taken.resourceId) && taken.start < end && start < taken.end,
        ),
        anyExpired: false,
      }),
  };
  return new FreeTimes(claims as unknown as ClaimRepository);
}

// However busy the computer, no search gives up.
beforeEach(() => {
  jest.spyOn(performance, 'now').mockReturnValue(0);
});
afterEach(() => {
  jest.restoreAllMocks();
});

it('the nearest times are the first three of all free times by distance, start and practitioner', async () => {
  await fc.assert(
    fc.asyncProperty(situations, async ({ search, busy, start }) => {
      const expected = byDistance(everyFreeTime(search, busy), start).slice(0, 3);
      expect(await freeTimesAmong(busy).nearest(connection, search, start)).toEqual(expected);
    }),
    { numRuns: 1000 },
  );
});
