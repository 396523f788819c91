import { expect, it } from '@jest/globals';
import { Row, type Standing } from './row.ts';

class Person implements Standing<Person> {
  ahead?: Person | undefined;
  behind?: Person | undefined;

  constructor(readonly name: string) {}
}

const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => new Person(name)) as [Person, Person, Person, Person];

function rowOf(...people: Person[]): Row<Person> {
  const row = new Row<Person>();
  for (const person of people) row.add(person);
  return row;
}

/** Takes everybody out, from the first on. */
function drained(row: Row<Person>): string {
  const size = row.size;
  let names = '';
  for (let { first } = row; first; { first } = row) {
    names += first.name;
    row.delete(first);
  }
  expect([row.size, names.length]).toEqual([0, size]);
  return names;
}

it.each([
  ['nobody', [], 'abcd'],
  ['the first', [a], 'bcd'],
  ['the last', [d], 'abc'],
  ['one between', [b], 'acd'],
  ['two beside each other', [c, b], 'ad'],
  ['all but one', [d, a, c], 'b'],
  ['everybody', [b, a, d, c], ''],
])('keeps the order when %s goes', (_who, gone, left) => {
  const row = rowOf(a, b, c, d);
  for (const person of gone) row.delete(person);
  expect(drained(row)).toBe(left);
});

it('lets whoever has gone go again, and come again as the last', () => {
  const row = rowOf(a, b, c);
  row.delete(b);
  row.delete(b);
  row.delete(a);
  row.delete(a);
  expect(row.size).toBe(1);
  row.add(a);
  expect(drained(row)).toBe('ca');
});

it('links nobody who has gone', () => {
  const row = rowOf(a, b, c);
  row.delete(b);
  expect(b).toEqual(new Person('b'));
  expect([drained(row), a, c]).toEqual(['ac', new Person('a'), new Person('c')]);
});
