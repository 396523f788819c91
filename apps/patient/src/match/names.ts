import { areFormsOfOne } from './nicknames.ts';
import type { Profile, Word } from './profile.ts';
import { jaroWinkler } from './text.ts';
import { weights } from './weights.ts';

/** How alike names are that differ by a slip of the pen, and those that are at least written much alike. */
const nearFrom = 0.92;
const alikeFrom = 0.84;

export interface NamesCompared {
  bits: number;
  /** Both have given names, and they are of two people. */
  givenDiffer: boolean;
}

interface Compared {
  level: string;
  bits: number;
}

/** Of all their names, old ones too, the two that agree best; no name on one side says nothing. */
export function compareNames(a: Profile, b: Profile): NamesCompared {
  let best: NamesCompared | undefined;
  for (const one of a.names)
    for (const other of b.names) {
      const compared = better(inOrder(one, other), swapped(one, other));
      best = best ? better(best, compared) : compared;
    }
  return best ?? { bits: 0, givenDiffer: false };
}

type Name = Profile['names'][number];

function better(one: NamesCompared, other: NamesCompared | undefined): NamesCompared {
  return other !== undefined && other.bits > one.bits ? other : one;
}

function inOrder(a: Name, b: Name): NamesCompared {
  const given = compareGivens(a.given, b.given);
  return {
    bits: compareFamilies(a.family, b.family).bits + given.bits,
    givenDiffer: given.level === 'differs',
  };
}

/** The family name of each stands as the other's given name. */
function swapped(a: Name, b: Name): NamesCompared | undefined {
  const [givenOfA] = a.given;
  const [givenOfB] = b.given;
  if (!givenOfA || !givenOfB) return undefined;
  const levels = [compareFamilies(a.family, givenOfB), compareFamilies(givenOfA, b.family)];
  if (levels.some(({ level }) => level === 'differs')) return undefined;
  const bits = levels.reduce((sum, { bits }) => sum + bits, weights.swapped);
  return { bits, givenDiffer: false };
}

function compareFamilies(a: Word, b: Word): Compared {
  if (a.text === b.text) return { level: 'same', bits: weights.family.same };
  // One of two family names is often left out: Núñez for Núñez Vera.
  if (haveCommonWord(a.text, b.text)) return { level: 'near', bits: weights.family.near };
  const level = likeness(a, b);
  return { level, bits: weights.family[level] };
}

function haveCommonWord(a: string, b: string): boolean {
  if (!a.includes(' ') && !b.includes(' ')) return false;
  const words = new Set(a.split(' ').filter((word) => word.length > 3));
  return b.split(' ').some((word) => words.has(word));
}

function likeness(a: Word, b: Word): 'near' | 'alike' | 'differs' {
  const similarity = jaroWinkler(a.text, b.text);
  if (similarity >= nearFrom) return 'near';
  const soundsSame = a.sounds.some((sound) => sound.length > 1 && b.sounds.includes(sound));
  return soundsSame || similarity >= alikeFrom ? 'alike' : 'differs';
}

/** The first given name of one against each of the other's: many go by their second. */
function compareGivens(a: readonly Word[], b: readonly Word[]): Compared {
  const [firstOfA] = a;
  const [firstOfB] = b;
  if (!firstOfA || !firstOfB) return { level: 'unknown', bits: 0 };
  const first = compareGiven(firstOfA, firstOfB);
  const others = [
    ...b.slice(1).map((other) => compareGiven(firstOfA, other)),
    ...a.slice(1).map((other) => compareGiven(other, firstOfB)),
  ].filter(({ level }) => level === 'same');
  // A second name weighs less than a first: it is one of several that might have agreed.
  const second = others.length > 0 ? { level: 'form', bits: weights.given.form } : first;
  return second.bits > first.bits ? second : first;
}

function compareGiven(a: Word, b: Word): Compared {
  const level = givenLevel(a, b);
  return { level, bits: weights.given[level] };
}

function givenLevel(a: Word, b: Word): keyof typeof weights.given {
  if (a.text === b.text) return 'same';
  if (a.text.length === 1 || b.text.length === 1)
    return a.text.startsWith(b.text) || b.text.startsWith(a.text) ? 'initial' : 'differs';
  if (areFormsOfOne(a.text, b.text)) return 'form';
  return likeness(a, b);
}
