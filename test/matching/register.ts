import type { PatientInput } from '#contracts';
import { Chance } from './chance.ts';
import { recordedAgain } from './mistakes.ts';
import { dateBetween, homeOf, recordOf, type Gender, type Home } from './person.ts';

/** A record, and whose it is in truth. */
export interface TrueRecord {
  person: number;
  record: PatientInput;
}

/** A register in which some are recorded twice: single people, families of one name, twins, parents' namesakes. */
export function registerOf(seed: number, size = 5_000, duplicates = 1_000): TrueRecord[] {
  const chance = new Chance(seed);
  const people: PatientInput[] = [];
  while (people.length < size - duplicates) people.push(...household(chance));
  people.length = size - duplicates;
  const records = people.map((record, person) => ({ person, record }));
  const again = Array.from({ length: duplicates }, () => chance.one(records));
  return [
    ...records,
    ...again.map(({ person, record }) => ({ person, record: recordedAgain(chance, record) })),
  ];
}

function household(chance: Chance): PatientInput[] {
  const home = homeOf(chance);
  const adult = (gender: Gender) =>
    recordOf(chance, home, gender, dateBetween(chance, '1930-01-01', '2002-01-01'));
  if (chance.happens(0.45)) return [adult(chance.one(['female', 'male']))];
  const parents = [adult('female'), adult('male')];
  if (chance.happens(0.4)) return parents;
  return [...parents, ...children(chance, home, parents)];
}

function children(chance: Chance, home: Home, parents: readonly PatientInput[]): PatientInput[] {
  const born = () => dateBetween(chance, '1995-01-01', '2026-01-01');
  const gender = () => chance.one<Gender>(['female', 'male']);
  const all = Array.from({ length: 1 + chance.below(3) }, () => recordOf(chance, home, gender(), born()));
  if (chance.happens(0.1)) all.push(...twins(chance, home, born()));
  const [eldest] = all;
  const namesake = parents.find((parent) => parent.gender === eldest?.gender);
  if (eldest && namesake && chance.happens(0.1)) eldest.name = namesake.name;
  return all;
}

function twins(chance: Chance, home: Home, birthDate: string): PatientInput[] {
  const first = chance.one<Gender>(['female', 'male']);
  const second = chance.happens(0.6) ? first : chance.one<Gender>(['female', 'male']);
  const one = recordOf(chance, home, first, birthDate);
  for (;;) {
    const other = recordOf(chance, home, second, birthDate);
    if (other.name[0]?.given?.[0] !== one.name[0]?.given?.[0]) return [one, other];
  }
}
