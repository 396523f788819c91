import { describe, expect, it } from '@jest/globals';
import { bookableStarts, occupied, offeredStarts, refusals } from './offer.ts';
import { at, daily, practitioner, schedule, span, texts, type } from './rules.fixtures.ts';

const monday = span('2026-06-01T00:00Z', '2026-06-02T00:00Z');
const lastWeek = at('2026-05-25T08:00Z');

function hours(starts: number[]): string[] {
  return texts(starts).map((text) => text.slice(11, 16));
}

describe('offered starts', () => {
  it('lie whole steps after the beginning of the window, while the appointment still fits', () => {
    const plan = schedule('UTC', daily('09:10-10:45'));
    const offered = offeredStarts(plan, type({ minutes: 40, slotStep: 20 }), monday);
    expect(hours(offered)).toEqual(['09:10', '09:30', '09:50']);
  });

  it('follow the grid of each window that holds them, each start once', () => {
    const plan = schedule('UTC', daily('09:00-11:00'), daily('09:45-11:15'));
    expect(hours(offeredStarts(plan, type(), monday))).toEqual([
      ...['09:00', '09:30', '09:45', '10:00', '10:15', '10:30', '10:45'],
    ]);
    const sameGrid = schedule('UTC', daily('10:00-11:00'), daily('09:00-11:00'));
    expect(hours(offeredStarts(sameGrid, type(), monday))).toEqual(['09:00', '09:30', '10:00', '10:30']);
  });

  it('let an appointment run on into the next window, also past midnight', () => {
    const plan = schedule('UTC', daily('23:00-24:00'), daily('00:00-00:30'));
    const night = span('2026-06-01T12:00Z', '2026-06-02T12:00Z');
    expect(texts(offeredStarts(plan, type({ minutes: 60 }), night))).toEqual([
      '2026-06-01T23:00Z',
      '2026-06-01T23:30Z',
    ]);
  });

  it('do not span a gap between windows', () => {
    const plan = schedule('UTC', daily('09:00-10:00'), daily('10:01-11:00'));
    expect(hours(offeredStarts(plan, type({ minutes: 60 }), monday))).toEqual(['09:00']);
  });

  it('take the first instant of the range and leave out its last', () => {
    const plan = schedule('UTC', daily('09:00-12:00'));
    const asked = span('2026-06-01T09:30Z', '2026-06-01T10:30Z');
    expect(hours(offeredStarts(plan, type(), asked))).toEqual(['09:30', '10:00']);
  });

  it('keep the grid of the wall clock when an hour is skipped', () => {
    const plan = schedule('Europe/London', daily('00:00-04:00'));
    const night = span('2026-03-29T00:00Z', '2026-03-29T03:00Z');
    expect(hours(offeredStarts(plan, type({ slotStep: 45 }), night))).toEqual([
      ...['00:00', '00:45', '01:15', '02:00'],
    ]);
  });

  it('come twice when an hour is repeated', () => {
    const plan = schedule('Europe/London', daily('01:00-02:00'));
    const night = span('2026-10-25T00:00Z', '2026-10-25T03:00Z');
    expect(hours(offeredStarts(plan, type(), night))).toEqual(['00:00', '00:30', '01:00', '01:30']);
  });

  it('follow a clock of quarter hours', () => {
    const plan = schedule('Asia/Kathmandu', daily('09:00-10:00'));
    expect(hours(offeredStarts(plan, type(), monday))).toEqual(['03:15', '03:45']);
  });
});

describe('bookable starts', () => {
  const doctor = practitioner(schedule('Europe/London', daily('09:00-11:00')));

  it('are none for an inactive practitioner, an inactive type or a type not offered', () => {
    expect(bookableStarts(doctor, type(), monday, lastWeek)).toHaveLength(4);
    expect(bookableStarts({ ...doctor, active: false }, type(), monday, lastWeek)).toEqual([]);
    expect(bookableStarts(doctor, type({ active: false }), monday, lastWeek)).toEqual([]);
    expect(bookableStarts({ ...doctor, typeIds: ['other'] }, type(), monday, lastWeek)).toEqual([]);
  });

  it('begin when the notice has passed, to the moment', () => {
    const noticed = type({ minNoticeMinutes: 60 });
    expect(hours(bookableStarts(doctor, noticed, monday, at('2026-06-01T07:30Z')))).toEqual([
      ...['08:30', '09:00', '09:30'],
    ]);
    const amoment = at('2026-06-01T07:30Z') + 1;
    expect(hours(bookableStarts(doctor, noticed, monday, amoment))).toEqual(['09:00', '09:30']);
  });

  it('end with the last date of the horizon, counted on the local calendar', () => {
    const night = practitioner(schedule('Europe/London', daily('00:00-24:00')));
    const today = type({ maxDaysAhead: 0, minutes: 60, slotStep: 60 });
    // 23:30 UTC is already the next date in London.
    const starts = texts(bookableStarts(night, today, monday, at('2026-05-31T23:30Z')));
    expect([starts[0], starts.at(-1)]).toEqual(['2026-06-01T00:00Z', '2026-06-01T22:00Z']);
  });
});

describe('a refusal', () => {
  const doctor = practitioner(schedule('UTC', daily('09:00-11:00')));
  const codes = (start: string, rules = type(), who = doctor, now = lastWeek) =>
    refusals(who, rules, at(start), now).map(({ code }) => code);

  it('is not made of a start that is offered', () => {
    expect(codes('2026-06-01T09:30Z')).toEqual([]);
    expect(codes('2026-06-01T10:30Z')).toEqual([]);
  });

  it('says when the appointment does not fit, whether or not its start does', () => {
    expect(codes('2026-06-01T08:30Z')).toEqual(['outside_availability']);
    expect(codes('2026-06-01T08:59:59.999Z')).toEqual(['outside_availability']);
    expect(codes('2026-06-01T10:30Z', type({ minutes: 31 }))).toEqual(['outside_availability']);
    expect(codes('2026-06-01T11:00Z')).toEqual(['outside_availability']);
  });

  it('says when the start is off the grid, to the millisecond', () => {
    expect(codes('2026-06-01T09:10Z')).toEqual(['off_grid']);
    expect(codes('2026-06-01T09:30:00.001Z')).toEqual(['off_grid']);
    expect(codes('2026-06-01T10:45Z')).toEqual(['outside_availability', 'off_grid']);
  });

  it('finds no local time where the clocks skip it', () => {
    const early = practitioner(schedule('Europe/London', daily('01:00-02:00')));
    expect(codes('2026-03-29T00:30Z', type(), early, at('2026-03-01T00:00Z'))).toEqual([
      'outside_availability',
    ]);
    expect(codes('2026-03-29T01:00Z', type(), early, at('2026-03-01T00:00Z'))).toEqual([
      'outside_availability',
    ]);
  });

  it('says when the start comes too soon or lies too far ahead', () => {
    const rules = type({ minNoticeMinutes: 60, maxDaysAhead: 6 });
    expect(codes('2026-06-01T09:00Z', rules, doctor, at('2026-06-01T08:00:00.001Z'))).toEqual(['too_soon']);
    expect(codes('2026-06-01T09:00Z', rules, doctor, at('2026-06-01T08:00Z'))).toEqual([]);
    expect(codes('2026-06-01T09:00Z', rules, doctor, at('2026-05-26T00:00Z'))).toEqual([]);
    expect(codes('2026-06-01T09:00Z', rules, doctor, at('2026-05-25T23:59Z'))).toEqual(['too_far_ahead']);
  });

  it('says from when on a start is no longer too far ahead: the local date that many days before it', () => {
    const inLondon = practitioner(schedule('Europe/London', daily('09:00-11:00')));
    const untilOf = (start: string) =>
      refusals(inLondon, type({ maxDaysAhead: 7 }), at(start), at('2026-03-01T00:00Z')).map(
        ({ code, until }) => [code, until],
      );
    expect(untilOf('2026-04-05T09:00Z')).toEqual([['too_far_ahead', '2026-03-29T00:00:00Z']]);
    expect(untilOf('2026-06-01T09:00Z')).toEqual([['too_far_ahead', '2026-05-24T23:00:00Z']]);
  });

  it('names every reason that holds, each with a sentence', () => {
    const away = { ...doctor, active: false, typeIds: [] };
    const found = refusals(
      away,
      type({ slotStep: 50, active: false }),
      at('2026-05-25T10:45Z'),
      at('2026-06-01T00:00Z'),
    );
    expect(found.map(({ code }) => code)).toEqual([
      ...['inactive', 'inactive', 'type_not_offered', 'outside_availability', 'off_grid', 'too_soon'],
    ]);
    for (const { detail } of found) expect(detail).toMatch(/^[A-Z].*\.$/);
  });
});

it('an appointment occupies practitioner and room with its buffers, the patient without', () => {
  const rules = type({ bufferBefore: 5, bufferAfter: 10 });
  expect(occupied(rules, at('2026-06-01T09:00Z'))).toEqual({
    withBuffers: span('2026-06-01T08:55Z', '2026-06-01T09:40Z'),
    patient: span('2026-06-01T09:00Z', '2026-06-01T09:30Z'),
  });
});
