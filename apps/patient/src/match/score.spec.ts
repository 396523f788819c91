import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { birthDateLevel } from './birth-date.ts';
import { areFormsOfOne } from './nicknames.ts';
import { profileOf, type Person } from './profile.ts';
import { compare } from './score.ts';
import { folded, jaroWinkler } from './text.ts';

const words = fc.constantFrom(
  'Ada',
  'Bob',
  'Robert',
  'Müller',
  'Mueller',
  'Łoś',
  '小明',
  'O’Neil',
  'Anna Maria',
  'J',
);
const persons: fc.Arbitrary<Person> = fc.record(
  {
    name: fc.array(fc.record({ family: words, given: fc.array(words, { maxLength: 3 }) }), { maxLength: 3 }),
    birthDate: fc.constantFrom('1984-02-11', '1984-11-02', '1948-02-11', '1951-10-27'),
    gender: fc.constantFrom('male', 'female', 'other', 'unknown'),
    telecom: fc.array(
      fc.record({
        system: fc.constant('phone' as const),
        value: fc.constantFrom('+442079460018', '+442079460019'),
      }),
    ),
    address: fc.array(
      fc.record({ line: fc.array(words), city: words, postalCode: fc.constantFrom('HX1', 'HX2') }),
    ),
    identifier: fc.array(fc.record({ system: words, value: words })),
    mrn: fc.constantFrom('0000-0000-0', '0000-0001-3'),
  },
  { requiredKeys: [] },
);

describe('a score', () => {
  it('is a probability with the grade of its thresholds, the same from either side', () => {
    fc.assert(
      fc.property(persons, persons, (a, b) => {
        const score = compare(profileOf(a), profileOf(b));
        expect(score.score).toBeGreaterThanOrEqual(0);
        expect(score.score).toBeLessThanOrEqual(1);
        expect(compare(profileOf(b), profileOf(a))).toEqual(score);
      }),
    );
  });

  it('of nothing known is as good as none', () => {
    expect(compare(profileOf({}), profileOf({}))).toEqual({ score: 0, grade: 'certainly-not' });
  });

  it('takes an anonymous name for no name', () => {
    const nobody = { name: [{ use: 'anonymous' as const, family: 'Unknown', given: ['Unknown'] }] };
    expect(compare(profileOf(nobody), profileOf(nobody)).grade).toBe('certainly-not');
  });
});

describe('two dates of birth', () => {
  it.each([
    ['1984-02-11', '1984-02-11', 'same'],
    ['1984-02-11', '1984-11-02', 'dayForMonth'],
    ['1984-02-11', '1948-02-11', 'digitsSwapped'],
    ['1984-02-12', '1984-02-21', 'digitsSwapped'],
    ['1980-10-05', '1981-00-05', 'digitsSwapped'],
    ['1984-02-11', '1984-02-17', 'digitWrong'],
    ['1984-02-11', '1994-02-11', 'digitWrong'],
    ['1984-02-11', '1984-02-25', 'partWrong'],
    ['1984-02-11', '1971-02-11', 'partWrong'],
    ['1984-02-11', '1951-10-27', 'differs'],
  ])('%s and %s: %s', (a, b, level) => {
    expect([birthDateLevel(a, b), birthDateLevel(b, a)]).toEqual([level, level]);
  });
});

describe('names', () => {
  // The examples of Winkler's paper.
  it.each([
    ['martha', 'marhta', 0.9611],
    ['dwayne', 'duane', 0.84],
    ['dixon', 'dicksonx', 0.8133],
    ['jones', 'johnson', 0.8324],
    ['abc', 'xyz', 0],
    ['', 'a', 0],
  ])('%s and %s are %d alike', (a, b, likeness) => {
    expect(jaroWinkler(a, b)).toBeCloseTo(likeness, 4);
    expect(jaroWinkler(b, a)).toBeCloseTo(likeness, 4);
  });

  it('are compared without accents, punctuation and case', () => {
    expect(folded('  Zoë O’Neil-ŁOŚ ')).toBe('zoe oneil los');
    expect(folded('Straße 小明')).toBe('strasse 小明');
  });

  it('of one person may be forms of one name', () => {
    expect([areFormsOfOne('bob', 'robert'), areFormsOfOne('peggy', 'maggie')]).toEqual([true, true]);
    expect([areFormsOfOne('bob', 'william'), areFormsOfOne('zed', 'zed')]).toEqual([false, false]);
  });
});
