import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ValidationFailed } from '../problem/domain-error.ts';
import { decodeCursor, encodeCursor, toPage } from './page.ts';

const isText = (part: unknown): part is string => typeof part === 'string';
const isDigit = (part: unknown): part is string => isText(part) && /^\d$/.test(part);

const page = (rows: string[], limit: number) =>
  toPage(
    rows,
    limit,
    (row) => [row],
    (row) => row.toUpperCase(),
  );

describe('a page', () => {
  it('shows at most the limit and points behind its last row when there are more', () => {
    expect(page(['a', 'b', 'c'], 2)).toEqual({ items: ['A', 'B'], nextCursor: encodeCursor(['b']) });
  });

  it.each([
    ['full', ['a', 'b']],
    ['partly filled', ['a']],
    ['empty', []],
  ])('is the last when nothing comes after it, be it %s', (_, rows) => {
    expect(page(rows, 2)).toEqual({ items: rows.map((row) => row.toUpperCase()), nextCursor: null });
  });
});

describe('a cursor', () => {
  it('stands for the key it was made of, in characters that need no encoding in a URL', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 3 }), (key) => {
        const cursor = encodeCursor(key);
        expect(cursor).toMatch(/^[A-Za-z0-9_-]+$/);
        expect(
          decodeCursor(
            cursor,
            key.map(() => isText),
          ),
        ).toEqual(key);
      }),
    );
  });

  it('may be absent', () => {
    expect(decodeCursor(undefined, [isText])).toBeUndefined();
  });

  it.each([
    ['of another list', encodeCursor(['1', '2'])],
    ['of a key that is none here', encodeCursor(['x'])],
    ['of no key', encodeCursor([])],
    ['that holds numbers', Buffer.from('[1]').toString('base64url')],
    ['that holds an object', Buffer.from('{"0":"1","length":1}').toString('base64url')],
    ['that holds null', Buffer.from('null').toString('base64url')],
    ['that is cut', encodeCursor(['1']).slice(0, -2)],
    ['that is no base64', '~~~'],
    ['that is made up', 'abc'],
    ['that is empty', ''],
  ])('%s is refused', (_, cursor) => {
    expect(() => decodeCursor(cursor, [isDigit])).toThrow(ValidationFailed);
  });
});
