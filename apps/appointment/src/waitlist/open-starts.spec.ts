import { describe, expect, it } from '@jest/globals';
import { minuteMs } from '../booking/rules/index.ts';
import type { Candidate } from './candidate.repository.ts';
import { OpenStarts } from './open-starts.ts';

const rules = { slotStep: 15, minNoticeMinutes: 0, maxDaysAhead: 365, needsRoom: false, active: true };
const long = { ...rules, id: 'long', minutes: 30, bufferBefore: 0, bufferAfter: 15 };
const short = { ...rules, id: 'short', minutes: 15, bufferBefore: 0, bufferAfter: 0 };

/** Minutes after nine. */
const at = (minutes: number, practitionerId = 'doc') => ({ start: minutes * minuteMs, practitionerId });

const wish = { id: 'entry', patientId: 'pat', rank: 1, createdAt: '2026-11-24T09:00:00.000Z' };
const who = (typeId: string, more: Partial<Candidate> = {}): Candidate => ({
  ...wish,
  typeId,
  practitionerId: null,
  earliest: 0,
  latest: 60 * minuteMs,
  ...more,
});

function open(): OpenStarts {
  const starts = new OpenStarts();
  starts.add(long, [at(0), at(15), at(15, 'other')]);
  starts.add(short, [at(0), at(30), at(45)]);
  return starts;
}

const minutes = (times: readonly { start: number }[]) => times.map(({ start }) => start / minuteMs);

describe('open starts', () => {
  it('are those of the type, the window and the practitioner, both ends of the window included', () => {
    expect(minutes(open().for(who('long')))).toEqual([0, 15, 15]);
    expect(minutes(open().for(who('long', { practitionerId: 'other' })))).toEqual([15]);
    const window = { earliest: 30 * minuteMs, latest: 45 * minuteMs };
    expect(minutes(open().for(who('short', window)))).toEqual([30, 45]);
    expect(open().for(who('unknown'))).toEqual([]);
  });

  it('go with whatever of the practitioner’s would overlap what is taken, buffers included', () => {
    const starts = open();
    starts.take('long', at(0));
    expect(starts.for(who('long'))).toEqual([at(15, 'other')]);
    expect(minutes(starts.for(who('short')))).toEqual([45]);
  });

  it('are gone when the last of them is', () => {
    const starts = new OpenStarts();
    const only = at(0);
    starts.add(short, [only]);
    starts.add(long, []);
    expect([starts.typeIds, starts.span]).toEqual([['short'], { start: 0, end: 0 }]);
    starts.drop('short', only);
    expect([starts.typeIds, starts.span]).toEqual([[], undefined]);
  });
});
