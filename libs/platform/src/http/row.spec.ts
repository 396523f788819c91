import { beforeEach, expect, it } from '@jest/globals';
import { Row, type Standing } from './row.ts';

class Person implements Standing<Person> {
  ahead: Person | undefined = undefined;
  behind: Person | undefined = undefined;

  constructor(readonly name: string) {}
}

const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => new Person(name)) as [Person, Person, Person, Person];

/** Where a test failed, they may still be linked. */
beforeEach(() => {
  for (const person of [a, b, c, d]) person.ahead = person.behind = undefined;
});

function rowOf(...people: Person[]): Row<Person> {
  const row = new Row<Person>();
  for (const person of people) row.add(person);
  return row;
}

/** Takes everybody out, from the first on. */
function drained(row: Row<Person>): string {
  const { size } = row;
  let names = '';
  // No more often than there are people: a wrong link could lead in a circle.
  for (let { first } = row; first && names.length < size; { first } = row) {
    names += first.name;
    expect(row.delete(first)).toBe(true);
  }
  expect([row.first, row.size, names.length]).toEqual([undefined, 0, size]);
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

it.each([
  ['the last', [d], 'abcd'],
  ['the last two', [d, c], 'abdc'],
  ['one between', [b], 'acdb'],
  ['everybody', [b, a, d, c], 'badc'],
])('has who comes after %s went stand behind the others', (_who, gone, order) => {
  const row = rowOf(a, b, c, d);
  for (const person of gone) row.delete(person);
  for (const person of gone) row.add(person);
  expect(drained(row)).toBe(order);
});

it('lets whoever has gone go again, and come again as the last', () => {
  const row = rowOf(a, b, c);
  expect([b, b, a, a].map((person) => row.delete(person))).toEqual([true, false, true, false]);
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
