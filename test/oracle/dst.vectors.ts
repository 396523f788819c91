import type { AvailabilityException } from './minute-oracle.ts';

/**
 * Starts about the jumps of real clocks, worked out on paper from the zones' published rules (IANA tz database).
 * A window is `days from-to`; practitioner and type are active, nothing is claimed, steps are the type's minutes.
 */
export interface DstVector {
  says: string;
  timeZone: string;
  windows: string[];
  exceptions?: AvailabilityException[];
  minutes: number;
  slotStep?: number;
  minNoticeMinutes?: number;
  maxDaysAhead?: number;
  /** Default: a day before `from`. */
  now?: string;
  from: string;
  to: string;
  starts: string[];
}

// 2026-03-29T01:00Z: 01:00 GMT is 02:00 BST. 2026-10-25T01:00Z: 02:00 BST is 01:00 GMT.
const london: DstVector[] = [
  {
    says: 'the hour London skips is not offered and an appointment runs on across it',
    timeZone: 'Europe/London',
    windows: ['sun 00:30-03:00'],
    minutes: 60,
    slotStep: 30,
    from: '2026-03-29T00:00Z',
    to: '2026-03-30T00:00Z',
    starts: ['2026-03-29T00:30Z', '2026-03-29T01:00Z'], // 00:30 GMT to 02:30 BST, 02:00 to 03:00 BST
  },
  {
    says: 'a window within the hour London skips never comes',
    timeZone: 'Europe/London',
    windows: ['sun 01:00-02:00'],
    minutes: 15,
    from: '2026-03-28T00:00Z',
    to: '2026-03-31T00:00Z',
    starts: [],
  },
  {
    says: 'the grid counts from a `from` that London skipped, on the wall clock',
    timeZone: 'Europe/London',
    windows: ['sun 01:30-02:30'],
    minutes: 20,
    from: '2026-03-29T00:00Z',
    to: '2026-03-30T00:00Z',
    starts: ['2026-03-29T01:10Z'], // 01:30, 01:50 skipped, 02:10 BST
  },
  {
    says: 'the hour London repeats is offered twice',
    timeZone: 'Europe/London',
    windows: ['sun 00:30-02:30'],
    minutes: 30,
    from: '2026-10-24T22:00Z',
    to: '2026-10-25T22:00Z',
    starts: [
      '2026-10-24T23:30Z', // 00:30 BST
      '2026-10-25T00:00Z', // 01:00 BST
      '2026-10-25T00:30Z', // 01:30 BST
      '2026-10-25T01:00Z', // 01:00 GMT
      '2026-10-25T01:30Z', // 01:30 GMT
      '2026-10-25T02:00Z', // 02:00 GMT
    ],
  },
  {
    says: 'the two passes of a repeated window stay apart when the clock goes back before its start',
    timeZone: 'Europe/London',
    windows: ['sun 01:30-02:00'],
    minutes: 20,
    slotStep: 10,
    from: '2026-10-25T00:00Z',
    to: '2026-10-26T00:00Z',
    starts: ['2026-10-25T00:30Z', '2026-10-25T00:40Z', '2026-10-25T01:30Z', '2026-10-25T01:40Z'],
  },
  {
    says: 'notice is elapsed time, also over a skipped hour',
    timeZone: 'Europe/London',
    windows: ['sun 00:30-03:00'],
    minutes: 30,
    minNoticeMinutes: 90,
    now: '2026-03-28T23:30Z', // 90 minutes on it is 02:00 BST
    from: '2026-03-28T22:00Z',
    to: '2026-03-30T00:00Z',
    starts: ['2026-03-29T01:00Z', '2026-03-29T01:30Z'],
  },
  {
    says: 'the horizon is a local date, here of 25 hours',
    timeZone: 'Europe/London',
    windows: ['sun,mon 00:00-24:00'],
    minutes: 60,
    slotStep: 690,
    maxDaysAhead: 0,
    now: '2026-10-24T23:30Z', // 00:30 BST on the 25th: 00:00 is past, 11:30 and 23:00 GMT are today
    from: '2026-10-24T22:00Z',
    to: '2026-10-27T00:00Z',
    starts: ['2026-10-25T11:30Z', '2026-10-25T23:00Z'],
  },
];

// 2026-03-08T07:00Z: 02:00 EST is 03:00 EDT. 2026-11-01T06:00Z: 02:00 EDT is 01:00 EST.
const newYork: DstVector[] = [
  {
    says: 'New York skips 02:00 and keeps nine o’clock at nine',
    timeZone: 'America/New_York',
    windows: ['sun 01:00-04:00', 'sat,sun 09:00-10:00'],
    minutes: 60,
    from: '2026-03-07T05:00Z',
    to: '2026-03-09T04:00Z',
    starts: [
      '2026-03-07T14:00Z', // 09:00 EST
      '2026-03-08T06:00Z', // 01:00 EST
      '2026-03-08T07:00Z', // 03:00 EDT
      '2026-03-08T13:00Z', // 09:00 EDT
    ],
  },
  {
    says: 'New York has 01:00 twice',
    timeZone: 'America/New_York',
    windows: ['sun 00:00-03:00'],
    minutes: 60,
    from: '2026-11-01T00:00Z',
    to: '2026-11-02T00:00Z',
    starts: [
      '2026-11-01T04:00Z', // 00:00 EDT
      '2026-11-01T05:00Z', // 01:00 EDT
      '2026-11-01T06:00Z', // 01:00 EST
      '2026-11-01T07:00Z', // 02:00 EST
    ],
  },
];

// 2026-10-03T15:30Z: 02:00 at +10:30 is 02:30 at +11. 2026-04-04T15:00Z: 02:00 at +11 is 01:30 at +10:30.
const lordHowe: DstVector[] = [
  {
    says: 'Lord Howe skips half an hour and the grid stays on the wall clock',
    timeZone: 'Australia/Lord_Howe',
    windows: ['sun 01:00-03:30'],
    minutes: 20,
    from: '2026-10-03T12:00Z',
    to: '2026-10-04T12:00Z',
    starts: [
      '2026-10-03T14:30Z', // 01:00
      '2026-10-03T14:50Z', // 01:20
      '2026-10-03T15:10Z', // 01:40, ends as 02:30 comes
      '2026-10-03T15:40Z', // 02:40 at +11
      '2026-10-03T16:00Z', // 03:00
    ],
  },
  {
    says: 'Lord Howe repeats half an hour and the grid stays on the wall clock',
    timeZone: 'Australia/Lord_Howe',
    windows: ['sun 01:00-02:30'],
    minutes: 20,
    from: '2026-04-04T12:00Z',
    to: '2026-04-05T12:00Z',
    starts: [
      '2026-04-04T14:00Z', // 01:00 at +11
      '2026-04-04T14:20Z', // 01:20
      '2026-04-04T14:40Z', // 01:40, ends as it is 01:30 again
      '2026-04-04T15:10Z', // 01:40 at +10:30
      '2026-04-04T15:30Z', // 02:00
    ],
  },
];

// +05:45 all year; its last jump, 1985-12-31T18:30Z, made 00:00 at +05:30 of 1986-01-01 00:15. It never went back.
const kathmandu: DstVector[] = [
  {
    says: 'Kathmandu is three quarters past the hour, in summer as in winter, and its Monday begins on Sunday in UTC',
    timeZone: 'Asia/Kathmandu',
    windows: ['mon 00:00-00:30', 'mon 09:00-10:00'],
    minutes: 30,
    from: '2026-03-29T12:00Z',
    to: '2026-03-30T12:00Z',
    starts: ['2026-03-29T18:15Z', '2026-03-30T03:15Z', '2026-03-30T03:45Z'],
  },
  {
    says: 'the first quarter of an hour of 1986 did not exist in Kathmandu',
    timeZone: 'Asia/Kathmandu',
    windows: ['tue 23:30-24:00', 'wed 00:00-01:00'],
    minutes: 30,
    slotStep: 15,
    from: '1985-12-31T12:00Z',
    to: '1986-01-01T12:00Z',
    starts: [
      '1985-12-31T18:00Z', // 23:30 at +05:30
      '1985-12-31T18:15Z', // 23:45, runs on to 00:30 at +05:45
      '1985-12-31T18:30Z', // 00:15 at +05:45
      '1985-12-31T18:45Z', // 00:30
    ],
  },
];

export const dstVectors: DstVector[] = [...london, ...newYork, ...lordHowe, ...kathmandu];
