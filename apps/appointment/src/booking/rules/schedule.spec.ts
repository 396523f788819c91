import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { daily, exception, schedule, span, spanTexts } from './rules.fixtures.ts';
import { availableSpans, offerKeyOf } from './schedule.ts';

describe('a week of windows', () => {
  // 2026-06-01 is a Monday; London is an hour ahead of UTC.
  const week = span('2026-06-01T00:00Z', '2026-06-08T00:00Z');

  it('opens each window on its days, in the local time of the zone', () => {
    const plan = schedule('Europe/London', daily('09:00-12:30', { days: ['mon', 'thu'] }));
    expect(spanTexts(availableSpans(plan, 'type', week))).toEqual([
      '2026-06-01T08:00Z - 2026-06-01T11:30Z',
      '2026-06-04T08:00Z - 2026-06-04T11:30Z',
    ]);
  });

  it('unites windows that overlap or touch, also across midnight', () => {
    const plan = schedule(
      'Europe/London',
      daily('20:00-22:00', { days: ['tue'] }),
      daily('21:00-24:00', { days: ['tue'] }),
      daily('00:00-02:00', { days: ['wed'] }),
    );
    expect(spanTexts(availableSpans(plan, 'type', week))).toEqual(['2026-06-02T19:00Z - 2026-06-03T01:00Z']);
  });

  it('knows a whole day as 00:00 to 24:00', () => {
    const plan = schedule('Europe/London', daily('00:00-24:00'));
    expect(availableSpans(plan, 'type', week)).toEqual([week]);
  });

  it('opens a window from its first to its last valid date', () => {
    const plan = schedule(
      'Europe/London',
      daily('09:00-10:00', { validFrom: '2026-06-03', validTo: '2026-06-04' }),
    );
    expect(spanTexts(availableSpans(plan, 'type', week))).toEqual([
      '2026-06-03T08:00Z - 2026-06-03T09:00Z',
      '2026-06-04T08:00Z - 2026-06-04T09:00Z',
    ]);
  });

  it('opens a window for the types it names, and for all when it names none', () => {
    const plan = schedule(
      'Europe/London',
      daily('09:00-10:00', { days: ['mon'], typeIds: ['other'] }),
      daily('11:00-12:00', { days: ['mon'] }),
    );
    expect(spanTexts(availableSpans(plan, 'type', week))).toEqual(['2026-06-01T10:00Z - 2026-06-01T11:00Z']);
    expect(availableSpans(plan, 'other', week)).toHaveLength(2);
  });

  it('answers what lies in the asked range, cut to it', () => {
    const plan = schedule('Europe/London', daily('09:00-12:00'));
    const asked = span('2026-06-01T10:00Z', '2026-06-02T09:00Z');
    expect(spanTexts(availableSpans(plan, 'type', asked))).toEqual([
      '2026-06-01T10:00Z - 2026-06-01T11:00Z',
      '2026-06-02T08:00Z - 2026-06-02T09:00Z',
    ]);
    expect(availableSpans(plan, 'type', { start: asked.start, end: asked.start })).toEqual([]);
  });

  it('follows a weekday before 1970', () => {
    // 1969-12-29 was a Monday.
    const plan = schedule('UTC', daily('09:00-10:00', { days: ['mon'] }));
    const asked = span('1969-12-28T00:00Z', '1970-01-04T00:00Z');
    expect(spanTexts(availableSpans(plan, 'type', asked))).toEqual(['1969-12-29T09:00Z - 1969-12-29T10:00Z']);
  });
});

describe('the exceptions of a date', () => {
  const plan = schedule('UTC', daily('09:00-12:00'));
  const days = span('2026-06-01T00:00Z', '2026-06-03T00:00Z');
  const first = '2026-06-01T09:00Z - 2026-06-01T12:00Z';
  const on = (hours: string, typeIds?: string[]) => exception('2026-06-02', hours, typeIds);

  it.each([
    ['close it', [on('closed')], []],
    ['replace its windows', [on('14:00-15:00')], ['14:00 15:00']],
    ['open it together', [on('14:00-15:00'), on('08:00-08:30')], ['08:00 08:30', '14:00 15:00']],
    ['open it though one says closed', [on('closed'), on('14:00-15:00')], ['14:00 15:00']],
    ['close it for types they do not name', [on('14:00-15:00', ['other'])], []],
    ['open it for types they name', [on('14:00-15:00', ['type'])], ['14:00 15:00']],
  ])('%s, and leave other dates alone', (_, exceptions, opened) => {
    const second = opened.map((hours) => hours.replace(/\d\d:\d\d/g, '2026-06-02T$&Z').replace(' ', ' - '));
    expect(spanTexts(availableSpans({ ...plan, exceptions }, 'type', days))).toEqual([first, ...second]);
  });

  it.each([
    // Still Monday the 1st in Honolulu, already Wednesday the 3rd on Kiritimati.
    ['Pacific/Honolulu', span('2026-06-02T00:00Z', '2026-06-02T02:00Z'), '2026-06-01'],
    ['Pacific/Kiritimati', span('2026-06-02T22:00Z', '2026-06-03T00:00Z'), '2026-06-03'],
  ])('are those of the local date in %s', (timeZone, asked, date) => {
    const open = schedule(timeZone, daily('00:00-24:00'));
    const exceptions = [exception(date, 'closed')];
    expect(availableSpans(open, 'type', asked)).toEqual([asked]);
    expect(availableSpans({ ...open, exceptions }, 'type', asked)).toEqual([]);
  });
});

it('offers types of equal keys at the same times, whatever windows and exceptions name them', () => {
  const types = ['one', 'two', 'three'];
  const naming = fc.option(fc.subarray(types), { nil: undefined });
  const week = span('2026-06-01T00:00Z', '2026-06-08T00:00Z');
  fc.assert(
    fc.property(fc.array(naming, { maxLength: 3 }), fc.array(naming, { maxLength: 2 }), (windows, days) => {
      const hours = (index: number) => `0${index}:00-0${index + 1}:00`;
      const plan = schedule(
        'Europe/London',
        ...windows.map((typeIds, index) => daily(hours(index), typeIds && { typeIds })),
      );
      plan.exceptions = days.map((typeIds, index) => exception('2026-06-03', hours(index + 4), typeIds));
      for (const a of types)
        for (const b of types)
          if (offerKeyOf(plan, a) === offerKeyOf(plan, b))
            expect(availableSpans(plan, a, week)).toEqual(availableSpans(plan, b, week));
    }),
  );
});
