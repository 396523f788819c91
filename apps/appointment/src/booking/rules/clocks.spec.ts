import { describe, expect, it } from '@jest/globals';
import { daily, schedule, span, spanTexts } from './rules.fixtures.ts';
import { availableSpans } from './schedule.ts';

describe('a change of the clocks', () => {
  function opened(timeZone: string, hours: string, date: string): string[] {
    const noon = Temporal.Instant.from(`${date}T12:00Z`).epochMilliseconds;
    const around = { start: noon - 48 * 3_600_000, end: noon + 48 * 3_600_000 };
    const plan = schedule(timeZone, daily(hours, { validFrom: date, validTo: date }));
    return spanTexts(availableSpans(plan, 'type', around));
  }

  it.each([
    [
      'skips an hour of a window',
      'Europe/London',
      '00:30-03:00',
      '2026-03-29',
      ['2026-03-29T00:30Z - 2026-03-29T02:00Z'],
    ],
    ['skips a window whole', 'Europe/London', '01:00-02:00', '2026-03-29', []],
    [
      'repeats an hour of a window',
      'Europe/London',
      '00:30-03:00',
      '2026-10-25',
      ['2026-10-24T23:30Z - 2026-10-25T03:00Z'],
    ],
    [
      'repeats a window whole',
      'Europe/London',
      '01:15-01:45',
      '2026-10-25',
      ['2026-10-25T00:15Z - 2026-10-25T00:45Z', '2026-10-25T01:15Z - 2026-10-25T01:45Z'],
    ],
    [
      'skips an hour in New York',
      'America/New_York',
      '01:00-04:00',
      '2026-03-08',
      ['2026-03-08T06:00Z - 2026-03-08T08:00Z'],
    ],
    [
      'repeats an hour in New York',
      'America/New_York',
      '01:00-02:00',
      '2026-11-01',
      ['2026-11-01T05:00Z - 2026-11-01T07:00Z'],
    ],
    [
      'skips half an hour on Lord Howe',
      'Australia/Lord_Howe',
      '01:30-03:00',
      '2026-10-04',
      ['2026-10-03T15:00Z - 2026-10-03T16:00Z'],
    ],
    [
      'repeats half an hour on Lord Howe',
      'Australia/Lord_Howe',
      '01:30-02:00',
      '2026-04-05',
      ['2026-04-04T14:30Z - 2026-04-04T15:30Z'],
    ],
    [
      'never comes to Kathmandu',
      'Asia/Kathmandu',
      '09:00-10:00',
      '2026-03-29',
      ['2026-03-29T03:15Z - 2026-03-29T04:15Z'],
    ],
    [
      'skips midnight in São Paulo',
      'America/Sao_Paulo',
      '00:00-02:00',
      '2018-11-04',
      ['2018-11-04T03:00Z - 2018-11-04T04:00Z'],
    ],
    [
      'parts a date that is left at midnight and entered again',
      'America/St_Johns',
      '00:00-24:00',
      '2010-11-07',
      ['2010-11-07T02:30Z - 2010-11-07T02:31Z', '2010-11-07T03:30Z - 2010-11-08T03:30Z'],
    ],
    ['skips a date in Samoa', 'Pacific/Apia', '00:00-24:00', '2011-12-30', []],
    [
      'follows an offset with seconds',
      'Africa/Monrovia',
      '09:00-10:00',
      '1971-06-01',
      ['1971-06-01T09:44:30.000Z - 1971-06-01T10:44:30.000Z'],
    ],
  ])('%s', (_, timeZone, hours, date, spans) => {
    expect(opened(timeZone, hours, date)).toEqual(spans);
  });

  it('joins the dates on either side of the one that Samoa skipped', () => {
    const plan = schedule('Pacific/Apia', daily('22:00-24:00'), daily('00:00-01:00'));
    const asked = span('2011-12-30T00:00Z', '2011-12-30T20:00Z');
    expect(spanTexts(availableSpans(plan, 'type', asked))).toEqual(['2011-12-30T08:00Z - 2011-12-30T11:00Z']);
  });
});
