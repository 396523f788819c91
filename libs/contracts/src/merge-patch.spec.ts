import { describe, expect, it } from '@jest/globals';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import fc from 'fast-check';
import { fieldsOf } from './field.ts';
import { Texts } from './list-fields.ts';
import { applyMergePatch, mergePatchOf } from './merge-patch.ts';
import { Flag, Text } from './value-fields.ts';

class Note {
  @Text() title!: string;
  @Text({ optional: true }) body?: string;
  @Texts({ optional: true, max: 3 }) tags?: string[];
  @Flag({ optional: true }) done?: boolean;
}
class NotePatch extends mergePatchOf(Note) {}

const wrongFields = (patch: object) =>
  validateSync(plainToInstance(NotePatch, patch)).map(({ property }) => property);

describe('a merge patch (RFC 7396)', () => {
  it('may leave out every field', () => {
    expect(wrongFields({})).toEqual([]);
  });

  it('may remove what is optional by null, and nothing else', () => {
    expect(wrongFields({ title: null, body: null, tags: null, done: null })).toEqual(['title']);
  });

  it('holds what it gives to the rules of the field', () => {
    expect(wrongFields({ title: '', body: 5, tags: ['a', 'b', 'c', 'd'], done: 'yes' })).toEqual([
      'title',
      'body',
      'tags',
      'done',
    ]);
  });

  it('knows the fields of its document, all of them optional', () => {
    expect(fieldsOf(NotePatch).map(({ name, optional }) => [name, optional])).toEqual([
      ['title', true],
      ['body', true],
      ['tags', true],
      ['done', true],
    ]);
  });

  it('leaves the rules of the document as they are', () => {
    expect(validateSync(plainToInstance(Note, { body: null })).map(({ property }) => property)).toEqual([
      'title',
      'body',
    ]);
  });
});

describe('applying a merge patch', () => {
  const note: Note = { title: 'a', body: 'b', tags: ['x', 'y'] };

  it('replaces what is given, removes what is null and keeps the rest', () => {
    expect(applyMergePatch(note, { title: 'c', body: null })).toEqual({ title: 'c', tags: ['x', 'y'] });
  });

  it('replaces lists whole', () => {
    expect(applyMergePatch(note, { tags: ['z'] }).tags).toEqual(['z']);
    expect(applyMergePatch(note, { tags: [] }).tags).toEqual([]);
  });

  it('passes over what is undefined', () => {
    expect(applyMergePatch(note, { title: undefined } as never)).toEqual(note);
  });

  it('adds what was absent', () => {
    expect(applyMergePatch<Note>({ title: 'a' }, { done: true })).toEqual({ title: 'a', done: true });
  });

  it('leaves document and patch as they were', () => {
    const patch = { title: 'c', body: null };
    applyMergePatch(note, patch);
    expect([note, patch]).toEqual([
      { title: 'a', body: 'b', tags: ['x', 'y'] },
      { title: 'c', body: null },
    ]);
  });

  it('is the algorithm of RFC 7396 for flat documents, and does nothing the second time', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'd');
    const value = fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.array(fc.integer()));
    const documents = fc.dictionary(name, value, { noNullPrototype: true });
    const patches = fc.dictionary(name, fc.option(value), { noNullPrototype: true });
    fc.assert(
      fc.property(documents, patches, (document, patch) => {
        const expected: Record<string, unknown> = structuredClone(document);
        for (const [key, given] of Object.entries(patch))
          if (given === null) Reflect.deleteProperty(expected, key);
          else expected[key] = given;
        const merged = applyMergePatch<object>(document, patch);
        expect(merged).toEqual(expected);
        expect(applyMergePatch<object>(merged, patch)).toEqual(merged);
      }),
    );
  });
});
