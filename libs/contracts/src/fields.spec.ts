import { describe, expect, it } from '@jest/globals';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { Agrees, fieldsOf } from './field.ts';
import { Ids, ListOf, Nested, SomeOf, Texts } from './list-fields.ts';
import { Flag, Id, InstantText, LocalDate, LocalTime, OneOf, Text, TimeZone, Whole } from './value-fields.ts';

class Part {
  @Text() name!: string;
}

/** A class with one field, made by a word of the vocabulary. */
function withField(word: PropertyDecorator): new () => { value: unknown } {
  class One {
    declare value: unknown;
  }
  word(One.prototype, 'value');
  return One;
}

function isAccepted(word: PropertyDecorator, value: unknown): boolean {
  return validateSync(plainToInstance(withField(word), { value })).length === 0;
}

function kept(word: PropertyDecorator, value: unknown): unknown {
  return plainToInstance(withField(word), { value }).value;
}

const id = '01935a3e-5b7c-7abc-8def-0123456789ab';
const composed = 'Zo\u00eb';
const decomposed = 'Zoe\u0308';

interface Word {
  word: (optional: boolean) => PropertyDecorator;
  good: unknown[];
  bad: unknown[];
}

const words: Record<string, Word> = {
  'a text': {
    word: (optional) => Text({ optional, max: 5 }),
    good: ['a', 'abcde', '😀😀😀😀😀', ' abc ', 'Łódź', 'אבג'],
    bad: [
      '',
      '   ',
      'abcdef',
      ' abcde',
      '😀😀😀😀😀😀',
      'a\u0007',
      'a\nb',
      '\u0085b',
      1,
      true,
      {},
      [],
      ['a'],
    ],
  },
  'a text with a pattern': {
    word: (optional) => Text({ optional, pattern: /^[a-z]+$/ }),
    good: ['abc'],
    bad: ['ABC', 'a b', ''],
  },
  'a whole number': {
    word: (optional) => Whole({ optional, min: 1, max: 10 }),
    good: [1, 10],
    bad: [0, 11, 1.5, '1', NaN, Infinity, -1, 1e300, true, [], {}],
  },
  'a flag': { word: (optional) => Flag({ optional }), good: [true, false], bad: ['true', 0, 1, '', [], {}] },
  'one of a set': {
    word: (optional) => OneOf(['a', 'b'], { optional }),
    good: ['a', 'b'],
    bad: ['A', 'c', '', ['a'], 0, true, {}],
  },
  'some of a set': {
    word: (optional) => SomeOf(['a', 'b'], { optional, min: 1 }),
    good: [['a'], ['b', 'a']],
    bad: [[], ['a', 'a'], ['c'], 'a', [null], [['a']], {}],
  },
  'an id': {
    word: (optional) => Id({ optional }),
    good: [id, id.toUpperCase()],
    bad: ['', '1', id.replaceAll('-', ''), `{${id}}`, `${id} `, `${id}\n`, 1, {}, [id]],
  },
  ids: {
    word: (optional) => Ids({ optional, max: 2 }),
    good: [[], [id]],
    bad: [
      [id, id],
      [id, id.toUpperCase()],
      ['x'],
      [null],
      id,
      {},
      [id, id.replace('0', '1'), id.replace('0', '2')],
    ],
  },
  'an instant': {
    word: (optional) => InstantText({ optional }),
    good: ['2026-11-23T09:00:00Z', '2026-11-23T09:00:00+01:00'],
    bad: ['2026-11-23', '', 0, {}, []],
  },
  'a date': {
    word: (optional) => LocalDate({ optional }),
    good: ['2024-02-29'],
    bad: ['2023-02-29', '', 20240229, {}, []],
  },
  'a wall-clock time': {
    word: (optional) => LocalTime({ optional }),
    good: ['24:00'],
    bad: ['24:01', '', 900, []],
  },
  'a time zone': {
    word: (optional) => TimeZone({ optional }),
    good: ['Europe/London'],
    bad: ['London', '+01:00', 1, []],
  },
  'a nested object': {
    word: (optional) => Nested(() => Part, { optional }),
    good: [{ name: 'a' }],
    bad: [{}, { name: 1 }, 'a', 1, [], [{ name: 'a' }]],
  },
  'a list of objects': {
    word: (optional) => ListOf(() => Part, { optional, min: 1, max: 2 }),
    good: [[{ name: 'a' }], [{ name: 'a' }, { name: 'b' }]],
    bad: [[], [{}], [null], [1], [[]], ['a'], { name: 'a' }, 'a', Array(3).fill({ name: 'a' })],
  },
  texts: {
    word: (optional) => Texts({ optional, min: 1, max: 2, maxLength: 3 }),
    good: [['a'], ['abc', ' a '], ['😀😀😀']],
    bad: [
      [],
      [''],
      ['  '],
      ['abcd'],
      [' abc'],
      ['a', 'b', 'c'],
      [1],
      [null],
      [['a']],
      'a',
      ['a\u0000'],
      ['a\tb'],
      {},
    ],
  },
};

describe.each(Object.entries(words))('%s', (_, { word, good, bad }) => {
  it.each(good.map((value) => [value]))('may be %j', (value) => {
    expect(isAccepted(word(false), value)).toBe(true);
  });

  it.each(bad.map((value) => [value]))('is not %j', (value) => {
    expect(isAccepted(word(false), value)).toBe(false);
  });

  it('may be absent only when it is optional, and is never null', () => {
    expect(isAccepted(word(true), undefined)).toBe(true);
    expect(isAccepted(word(false), undefined)).toBe(false);
    expect(isAccepted(word(true), null)).toBe(false);
    expect(isAccepted(word(false), null)).toBe(false);
  });
});

describe('a value is kept', () => {
  it('trimmed and in composed form when it is text', () => {
    expect(kept(Text(), `  ${decomposed}\n`)).toBe(composed);
    expect(kept(Texts({ max: 2 }), [` ${decomposed}`])).toEqual([composed]);
  });

  it('in lower case when it is an id', () => {
    expect(kept(Id(), id.toUpperCase())).toBe(id);
    expect(kept(Ids({ max: 1 }), [id.toUpperCase()])).toEqual([id]);
  });

  it('as it came when it is of another type', () => {
    for (const word of [Text(), Id(), Texts({ max: 1 }), Ids({ max: 1 })]) expect(kept(word, 5)).toBe(5);
  });
});

describe('a field that must agree with its neighbour', () => {
  class Window {
    @LocalTime() from!: string;
    @LocalTime()
    @Agrees<Window>('isAfterFrom', ({ from, to }) => from < to, 'must be later than from')
    to!: string;
  }

  it.each([
    ['09:00', '10:00', []],
    ['09:00', '09:00', ['to must be later than from']],
  ])('is judged by both: %s to %s', (from, to, messages) => {
    const errors = validateSync(plainToInstance(Window, { from, to }));
    expect(errors.flatMap(({ constraints }) => Object.values(constraints ?? {}))).toEqual(messages);
  });
});

describe('the fields of a class', () => {
  class Parent {
    @Text() name!: string;
  }
  class Child extends Parent {
    @Whole({ min: 0, max: 1, optional: true }) count?: number;
    @Flag() active!: boolean;
    @Texts({ max: 1 }) tags!: string[];
  }

  it('are told with the form in which text spells them, its parents’ first', () => {
    expect(fieldsOf(Child)).toEqual([
      { name: 'name', optional: false, textForm: 'text' },
      { name: 'count', optional: true, textForm: 'whole' },
      { name: 'active', optional: false, textForm: 'flag' },
      { name: 'tags', optional: false, textForm: 'list' },
    ]);
  });

  it('leave the parent as it is', () => {
    expect(fieldsOf(Parent)).toHaveLength(1);
  });
});
