import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isMrn, mrnOf } from './mrn.ts';

const mrns = fc.integer({ min: 0, max: 10 ** 12 }).map(mrnOf);

function replaceAt(text: string, index: number, replacement: string): string {
  return text.slice(0, index) + replacement + text.slice(index + replacement.length);
}

describe('a medical record number', () => {
  it.each([
    [0, '0000-0000-0'],
    [1, '0000-0001-3'],
    [17, '0000-0017-4'],
    [99_999_999, /^9999-9999-\d$/],
    [100_000_000, /^10000-0000-\d$/],
  ])('of serial %d reads %s', (serial, text) => {
    expect(mrnOf(serial)).toMatch(text);
  });

  it('is recognised', () => {
    fc.assert(fc.property(mrns, (mrn) => isMrn(mrn)));
  });

  it('is another for every serial', () => {
    fc.assert(fc.property(fc.nat(), fc.nat(), (a, b) => a === b || mrnOf(a) !== mrnOf(b)));
  });

  it('with any one digit changed is found out', () => {
    fc.assert(
      fc.property(mrns, (mrn) => {
        for (const [index, digit] of [...mrn].entries())
          for (const other of '0123456789')
            if (digit !== '-' && other !== digit) expect(isMrn(replaceAt(mrn, index, other))).toBe(false);
      }),
    );
  });

  it('with any two neighbours swapped is found out', () => {
    fc.assert(
      fc.property(mrns, (mrn) => {
        const digits = [...mrn.matchAll(/\d/g)].map(({ index, 0: digit }) => ({ index, digit }));
        for (const [place, { index, digit }] of digits.entries()) {
          const next = digits[place + 1];
          if (!next || next.digit === digit) continue;
          const swapped = replaceAt(replaceAt(mrn, index, next.digit), next.index, digit);
          expect(isMrn(swapped)).toBe(false);
        }
      }),
    );
  });

  it.each([
    '',
    '0000-0000',
    '00000000-0',
    '000-0000-0',
    '0000-0000-0 ',
    ' 0000-0000-0',
    '٠000-0000-0',
    'abcd-efgh-i',
  ])('is not %j', (text) => {
    expect(isMrn(text)).toBe(false);
  });
});
