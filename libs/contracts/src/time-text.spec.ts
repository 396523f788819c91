import { describe, expect, it } from '@jest/globals';
import { isInstant, isLocalDate, isLocalTime, isTimeZone } from './time-text.ts';

const notTexts = [undefined, null, 0, true, {}, [], new Date(0), ['2026-01-01']];

interface Judged {
  judge: (value: unknown) => boolean;
  good: string[];
  bad: string[];
}

const texts: Record<string, Judged> = {
  'an instant': {
    judge: isInstant,
    good: [
      '2026-11-23T09:00:00Z',
      '2026-11-23t09:00:00z',
      '2026-11-23T09:00:00.123456789Z',
      '2026-11-23T09:00:00+05:45',
      '2026-11-23T09:00:00-00:00',
      '2024-02-29T00:00:00Z',
      '1900-01-01T00:00:00Z',
      '9998-12-31T23:59:59.999Z',
    ],
    bad: [
      '',
      '2026-11-23',
      '2026-11-23T09:00:00',
      '2026-11-23T09:00Z',
      '2026-11-23 09:00:00Z',
      '2026-11-23T09:00:00.Z',
      '2026-11-23T09:00:00.1234567890Z',
      '2026-11-23T09:00:00+0100',
      '2026-11-23T09:00:00+25:00',
      '2026-11-23T24:00:00Z',
      '2026-11-23T09:60:00Z',
      '2026-12-31T23:59:60Z',
      '2026-02-29T00:00:00Z',
      '2026-13-01T00:00:00Z',
      '2026-11-23T09:00:00Z[Europe/London]',
      ' 2026-11-23T09:00:00Z',
      '2026-11-23T09:00:00Z\n',
      '+002026-11-23T09:00:00Z',
      '1899-12-31T23:59:59Z',
      '1900-01-01T00:00:00+01:00',
      '9999-01-01T00:00:00Z',
    ],
  },
  'a date': {
    judge: isLocalDate,
    good: ['2024-02-29', '0001-01-01', '9999-12-31'],
    bad: [
      '',
      '2023-02-29',
      '2026-00-10',
      '2026-1-1',
      '0000-01-01',
      '20260101',
      '2026-01-01T00:00',
      '-2026-01-01',
    ],
  },
  'a wall-clock time': {
    judge: isLocalTime,
    good: ['00:00', '09:30', '23:59', '24:00'],
    bad: ['', '9:30', '24:01', '23:60', '25:00', '09:30:00', '09.30', '٠٩:٣٠', '09:30\n'],
  },
  'a time zone': {
    judge: isTimeZone,
    good: ['Europe/London', 'America/Argentina/Buenos_Aires', 'UTC', 'Etc/GMT+5', 'Asia/Kolkata'],
    bad: [
      '',
      'Europe/Nowhere',
      '+01:00',
      'GMT+1',
      ' UTC',
      'Europe/London\n',
      '../etc/passwd',
      'A'.repeat(1000),
    ],
  },
};

describe.each(Object.entries(texts))('%s', (_, { judge, good, bad }) => {
  it.each(good)('may be %j', (text) => {
    expect(judge(text)).toBe(true);
  });

  it.each(bad)('is not %j', (text) => {
    expect(judge(text)).toBe(false);
  });

  it.each(notTexts.map((value) => [value]))('is text, not %p', (value) => {
    expect(judge(value)).toBe(false);
  });
});
