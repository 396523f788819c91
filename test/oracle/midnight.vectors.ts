import type { DstVector } from './dst.vectors.ts';

// 2011-12-30T10:00Z: Thursday 24:00 at -10 is Saturday 00:00 at +14. 2012-03-31T14:00Z: 04:00 at +14 is 03:00 at +13;
// 2012-09-29T14:00Z: 03:00 at +13 is 04:00 at +14.
const apia: DstVector[] = [
  {
    says: 'Apia had no Friday 2011-12-30: Thursday runs on into Saturday',
    timeZone: 'Pacific/Apia',
    windows: ['thu,fri 22:00-24:00', 'fri,sat 00:00-02:00'],
    exceptions: [{ date: '2011-12-30', from: '00:00', to: '24:00' }],
    minutes: 120,
    slotStep: 60,
    from: '2011-12-29T20:00Z',
    to: '2012-01-01T00:00Z',
    starts: [
      '2011-12-30T08:00Z', // Thursday 22:00 at -10
      '2011-12-30T09:00Z', // Thursday 23:00, ends Saturday 01:00 at +14
      '2011-12-30T10:00Z', // Saturday 00:00
    ],
  },
  {
    says: 'an exception on the Saturday after the skipped day closes that Saturday alone',
    timeZone: 'Pacific/Apia',
    windows: ['thu,sat,sun 09:00-10:00'],
    exceptions: [{ date: '2011-12-31', closed: true }],
    minutes: 60,
    from: '2011-12-29T12:00Z',
    to: '2012-01-01T12:00Z',
    starts: ['2011-12-29T19:00Z', '2011-12-31T19:00Z'], // Thursday at -10, Sunday at +14
  },
  {
    says: 'a horizon of one day from Thursday ends on the Friday that never came',
    timeZone: 'Pacific/Apia',
    windows: ['thu,sat 22:00-24:00', 'sat 00:00-02:00'],
    minutes: 60,
    maxDaysAhead: 1,
    now: '2011-12-29T22:00Z', // Thursday noon
    from: '2011-12-29T22:00Z',
    to: '2012-01-01T00:00Z',
    starts: ['2011-12-30T08:00Z', '2011-12-30T09:00Z'],
  },
  {
    says: 'Apia repeats 03:00 in autumn',
    timeZone: 'Pacific/Apia',
    windows: ['sun 02:00-05:00'],
    minutes: 60,
    from: '2012-03-31T00:00Z',
    to: '2012-04-01T00:00Z',
    starts: ['2012-03-31T12:00Z', '2012-03-31T13:00Z', '2012-03-31T14:00Z', '2012-03-31T15:00Z'],
  },
  {
    says: 'Apia skips 03:00 in spring',
    timeZone: 'Pacific/Apia',
    windows: ['sun 02:00-05:00'],
    minutes: 60,
    from: '2012-09-29T00:00Z',
    to: '2012-09-30T00:00Z',
    starts: ['2012-09-29T13:00Z', '2012-09-29T14:00Z'], // 02:00 at +13, 04:00 at +14
  },
];

// St John's, 2010-11-07T02:31Z: Sunday 00:01 at -02:30 is Saturday 23:01 at -03:30.
const stJohns: DstVector[] = [
  {
    says: 'St John’s began a Sunday, went back to Saturday, and began it again',
    timeZone: 'America/St_Johns',
    windows: ['sun 00:00-01:00'],
    minutes: 15,
    from: '2010-11-06T12:00Z',
    to: '2010-11-07T12:00Z',
    starts: [
      // 00:00 at -02:30 lasts one minute: nothing fits.
      '2010-11-07T03:30Z',
      '2010-11-07T03:45Z',
      '2010-11-07T04:00Z',
      '2010-11-07T04:15Z',
    ],
  },
  {
    says: 'an exception holds in both parts of a date that is cut in two',
    timeZone: 'America/St_Johns',
    windows: ['sun 00:00-01:00'],
    exceptions: [{ date: '2010-11-06', from: '23:00', to: '24:00' }],
    minutes: 20,
    from: '2010-11-06T12:00Z',
    to: '2010-11-07T12:00Z',
    starts: [
      '2010-11-07T01:30Z', // Saturday 23:00 at -02:30
      '2010-11-07T01:50Z', // Saturday 23:20
      '2010-11-07T02:10Z', // Saturday 23:40
      '2010-11-07T02:30Z', // Sunday 00:00, runs on in Saturday at 23:01 at -03:30
      '2010-11-07T02:50Z', // Saturday 23:20 at -03:30
      '2010-11-07T03:10Z', // Saturday 23:40
      '2010-11-07T03:30Z', // Sunday 00:00 at -03:30
      '2010-11-07T03:50Z', // Sunday 00:20
      '2010-11-07T04:10Z', // Sunday 00:40
    ],
  },
];

// Tehran, 2022-03-21T20:30Z: Tuesday 00:00 at +03:30 is 01:00 at +04:30;
// 2022-09-21T19:30Z: Wednesday 24:00 at +04:30 is 23:00 at +03:30, still Wednesday.
const tehran: DstVector[] = [
  {
    says: 'Tehran skips the first hour of a date',
    timeZone: 'Asia/Tehran',
    windows: ['tue 00:00-02:00'],
    minutes: 30,
    from: '2022-03-21T12:00Z',
    to: '2022-03-22T12:00Z',
    starts: ['2022-03-21T20:30Z', '2022-03-21T21:00Z'],
  },
  {
    says: 'Tehran repeats the last hour of a date',
    timeZone: 'Asia/Tehran',
    windows: ['wed 22:00-24:00'],
    minutes: 60,
    from: '2022-09-21T12:00Z',
    to: '2022-09-22T12:00Z',
    starts: ['2022-09-21T17:30Z', '2022-09-21T18:30Z', '2022-09-21T19:30Z'],
  },
];

/** Clocks that jumped at or just after midnight: dates are cut in two, shortened or missing. */
export const midnightVectors: DstVector[] = [...apia, ...stJohns, ...tehran];
