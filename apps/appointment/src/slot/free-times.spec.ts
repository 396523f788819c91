import { afterEach, expect, it, jest } from '@jest/globals';
import type { Connection } from '#platform';
import type { ClaimRepository } from '../booking/claim.repository.ts';
import { at, daily, practitioner, schedule, texts, type } from '../booking/rules/rules.fixtures.ts';
import { FreeTimes, type Search } from './free-times.ts';

const nobodyElse = { occupations: () => Promise.resolve({ occupations: [], anyExpired: false }) };
const freeTimes = new FreeTimes(nobodyElse as unknown as ClaimRepository);
const connection = {} as Connection;
const search: Search = {
  type: type({ maxDaysAhead: 30 }),
  practitioners: [practitioner(schedule('UTC', daily('09:00-10:00')))],
  roomIds: undefined,
  patientId: undefined,
  now: at('2026-11-23T08:00Z'),
};

afterEach(() => {
  jest.restoreAllMocks();
});

/** A computer that gets through a thousand steps of the search in the time there is. */
function slowly(): void {
  let time = 0;
  jest.spyOn(performance, 'now').mockImplementation(() => (time += 1));
}

async function nearest(start: string): Promise<string[]> {
  return texts((await freeTimes.nearest(connection, search, at(start))).map((time) => time.start));
}

it.each([
  ['amid them', '2026-11-25T09:15Z', ['2026-11-25T09:00Z', '2026-11-25T09:30Z', '2026-11-24T09:30Z']],
  ['a year ago', '2025-11-25T09:15Z', ['2026-11-23T09:00Z', '2026-11-23T09:30Z', '2026-11-24T09:00Z']],
  ['in 1900', '1900-01-01T00:00Z', ['2026-11-23T09:00Z', '2026-11-23T09:30Z', '2026-11-24T09:00Z']],
  ['in 9998', '9998-12-31T23:59Z', ['2026-12-23T09:30Z', '2026-12-23T09:00Z', '2026-12-22T09:30Z']],
])('the nearest times to a start %s are found however slowly the search goes', async (_, start, expected) => {
  slowly();
  expect(await nearest(start)).toEqual(expected);
});
