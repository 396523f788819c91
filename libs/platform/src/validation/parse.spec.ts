import { describe, expect, it } from '@jest/globals';
import { Flag, Id, ListOf, LocalDate, Text, Texts, Whole, type FieldError } from '#contracts';
import { ValidationFailed } from '../problem/domain-error.ts';
import { parseJson, parseText } from './parse.ts';

class Line {
  @Text({ max: 10 }) text!: string;
  @Id({ optional: true }) id?: string;
}
class Letter {
  @Text() title!: string;
  @LocalDate() date!: string;
  @Whole({ min: 1, max: 9, optional: true }) pages?: number;
  @ListOf(() => Line, { max: 3, optional: true }) lines?: Line[];
}
class Query {
  @Whole({ min: 1, max: 9, optional: true }) limit?: number;
  @Flag({ optional: true }) dryRun?: boolean;
  @Texts({ max: 3, optional: true }) names?: string[];
  @Text({ optional: true }) word?: string;
}

const letter = { title: 'Dear Ada', date: '1842-09-01' };

function faultsOf(parse: () => unknown): FieldError[] {
  try {
    parse();
    return [];
  } catch (error) {
    if (!(error instanceof ValidationFailed)) throw error;
    return error.members.errors as FieldError[];
  }
}

const faultsOfJson = (document: unknown) => faultsOf(() => parseJson(Letter, document));
const pathsOfJson = (document: unknown) => faultsOfJson(document).map(({ path }) => path);

describe('a JSON document', () => {
  it('becomes the DTO', () => {
    const read = parseJson(Letter, { ...letter, lines: [{ text: ' a ' }] });
    expect(read).toBeInstanceOf(Letter);
    expect(read.lines?.[0]).toBeInstanceOf(Line);
    expect(read).toEqual({ ...letter, lines: [{ text: 'a' }] });
  });

  it('is told everything that is wrong with it at once, by its path', () => {
    const lines = [{ text: '' }, { text: 'a', id: 'x', size: 1 }, {}];
    expect(pathsOfJson({ title: 5, pages: 10, colour: 'red', lines }).sort()).toEqual(
      [
        'colour',
        'date',
        'lines.0.text',
        'lines.1.id',
        'lines.1.size',
        'lines.2.text',
        'pages',
        'title',
      ].sort(),
    );
  });

  it.each([[null], [[]], ['text'], [1], [true], [undefined]])('must be an object, not %j', (document) => {
    expect(faultsOfJson(document)).toEqual([{ path: '', message: 'the body must be a JSON object' }]);
  });

  it('is never quoted in what is said of it', () => {
    expect(JSON.stringify(faultsOfJson({ title: 7_654_321, date: 'secret', pages: 'secret' }))).not.toMatch(
      /secret|7654321/,
    );
  });
});

describe('a name that every object answers to', () => {
  it.each([
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'valueOf',
    'hasOwnProperty',
    'isPrototypeOf',
    '__defineGetter__',
  ])('is an unknown field: %s', (name) => {
    const document: unknown = JSON.parse(
      `{ "title": "a", "date": "2026-01-01", "${name}": { "polluted": true }, "lines": [{ "text": "a", "${name}": 1 }] }`,
    );
    expect(faultsOfJson(document)).toEqual(
      expect.arrayContaining([
        { path: name, message: 'unknown field' },
        { path: `lines.0.${name}`, message: 'unknown field' },
      ]),
    );
    expect({}).not.toHaveProperty('polluted');
  });

  it.each([
    { constructor: 1 },
    { constructor: 'a', a: 1 },
    { constructor: { prototype: {} } },
    { constructor: { prototype: { constructor: {} } } },
    { then: 1, constructor: { then: true } },
  ])('is unknown in a value where none may have members: %j', (value) => {
    expect(pathsOfJson({ ...letter, title: value })).toEqual(
      expect.arrayContaining(['title', 'title.constructor']),
    );
    expect(pathsOfJson({ ...letter, colour: [value] })).toEqual(
      expect.arrayContaining(['colour', 'colour.0.constructor']),
    );
    expect(pathsOfJson({ ...letter, title: '', lines: [[value]] })).toContain('title');
  });

  it('is unknown in a query too', () => {
    expect(faultsOf(() => parseText(Query, { toString: '1' }))).toHaveLength(1);
  });
});

describe('text that can’t be kept is refused by its path', () => {
  it.each([
    ['NUL', 'a\0b'],
    ['a lone high surrogate', 'a\ud800'],
    ['a lone low surrogate', '\udc00a'],
  ])('%s', (_, text) => {
    expect(pathsOfJson({ ...letter, title: text })).toContain('title');
    expect(pathsOfJson({ ...letter, lines: [{ text }] })).toContain('lines.0.text');
    expect(faultsOf(() => parseText(Query, { word: text }))).not.toEqual([]);
  });

  it('beside whatever else is wrong', () => {
    expect(pathsOfJson({ ...letter, '': '\0', title: 5, pages: Infinity, valueOf: 1 }).sort()).toEqual(
      ['', '', 'pages', 'title', 'valueOf'].sort(),
    );
  });

  it('and in names as in values, told without it', () => {
    const faults = faultsOfJson({ ...letter, 'a\0\ud800': 1 });
    expect(faults).toContainEqual({ path: 'a\ufffd', message: 'unknown field' });
  });

  it('while pairs of surrogates are text', () => {
    expect(parseJson(Letter, { ...letter, title: '😀' }).title).toBe('😀');
  });
});

describe('a document of any size or depth', () => {
  it('is refused when it is nested too deep, in unknown fields as well', () => {
    const deep: unknown = JSON.parse('{"a":'.repeat(20_000) + '1' + '}'.repeat(20_000));
    for (const document of [deep, { ...letter, lines: [deep] }, { ...letter, title: deep }])
      expect(faultsOfJson(document)).toEqual([
        { path: '', message: 'must not be nested deeper than 16 levels' },
      ]);
  });

  it('is refused when it holds too much', () => {
    expect(pathsOfJson({ ...letter, lines: Array<object>(30_000).fill({ text: 'a' }) })).toEqual(['lines']);
    expect(pathsOfJson({ ...letter, title: 'a'.repeat(100_000) })).toEqual(['title']);
    const members = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`a${at}`, 1]));
    expect(pathsOfJson(members(200))).toContain('a199');
    for (const document of [members(201), { ...letter, lines: [members(201)] }])
      expect(faultsOfJson(document)).toEqual([
        { path: '', message: 'must not have objects of more than 200 members' },
      ]);
    const named = (length: number) => ({ ['a'.repeat(length)]: Array<string>(5_000).fill('\0') });
    expect(faultsOfJson(named(200))).toHaveLength(100);
    expect(faultsOfJson(named(201))).toEqual([
      { path: '', message: 'must not have names of more than 200 characters' },
    ]);
  });
});

describe('text values', () => {
  it('become what their fields are', () => {
    expect(parseText(Query, { limit: '7', dryRun: 'true', names: 'a, b', word: '7' })).toEqual({
      limit: 7,
      dryRun: true,
      names: ['a', 'b'],
      word: '7',
    });
  });

  it.each([
    ['limit', ''],
    ['limit', ' 1'],
    ['limit', '1.0'],
    ['limit', '1e0'],
    ['limit', '0x1'],
    ['limit', '0'],
    ['limit', '10'],
    ['limit', '9'.repeat(400)],
    ['limit', ['1', '2']],
    ['dryRun', 'TRUE'],
    ['dryRun', '1'],
    ['dryRun', ''],
    ['dryRun', ['true', 'true']],
    ['word', ''],
    ['word', ['a', 'b']],
    ['other', 'a'],
  ])('are refused when they don’t: %s=%j', (name, value) => {
    expect(faultsOf(() => parseText(Query, { [name]: value })).map(({ path }) => path)).toEqual([name]);
  });
});
