import type { PatientInput } from '#contracts';
import type { Chance } from './chance.ts';
import { families, shortForms } from './names.ts';
import { emailOf, homeOf, mobile } from './person.ts';

/** The record that another desk makes of somebody, at another time: mistyped, out of date, with gaps. */
export function recordedAgain(chance: Chance, person: PatientInput): PatientInput {
  return {
    ...person,
    name: namesAgain(chance, person),
    birthDate: dateAgain(chance, person.birthDate),
    gender: chance.happens(0.1) ? 'unknown' : chance.happens(0.01) ? 'other' : (person.gender ?? 'unknown'),
    telecom: telecomAgain(chance, person),
    address: addressAgain(chance, person),
    identifier: chance.happens(0.4) ? [] : (person.identifier ?? []),
  };
}

function namesAgain(chance: Chance, { name, gender, birthDate }: PatientInput): PatientInput['name'] {
  const [known] = name;
  if (!known) return name;
  let { family } = known;
  let given = [...(known.given ?? [])];
  const first = given[0] ?? '';
  const forms = shortForms[first];
  if (forms && chance.happens(0.3)) given = [chance.one(forms)];
  else if (chance.happens(0.1)) given[0] = mistyped(chance, first);
  else if (chance.happens(0.03)) given = [first.charAt(0)];
  else if (chance.happens(0.03)) given = [];
  if (given.length > 1 && chance.happens(0.5)) given.pop();
  else if (given.length > 1 && chance.happens(0.04)) given.shift();
  if (chance.happens(0.12)) family = mistyped(chance, family);
  if (chance.happens(0.4)) [family = '', ...given] = [family, ...given].map(withoutAccents);
  if (chance.happens(0.03) && given[0] !== undefined) [family, given[0]] = [given[0], family];
  if (gender === 'female' && birthDate < '2000' && chance.happens(0.08)) {
    const married = { use: 'official', family: chance.common(families), given } as const;
    return chance.happens(0.6) ? [married, { use: 'maiden', family, given }] : [married];
  }
  return [{ use: 'official', family, given }];
}

function withoutAccents(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '');
}

/** With one letter wrong, missing, doubled, or changed for its neighbour. */
export function mistyped(chance: Chance, text: string): string {
  const place = chance.below(text.length);
  const [before, letter, after] = [text.slice(0, place), text.charAt(place), text.slice(place + 1)];
  switch (chance.below(4)) {
    case 0:
      return before + chance.one([...'abcdefghijklmnoprstuvwyz']) + after;
    case 1:
      return text.length > 3 ? before + after : text;
    case 2:
      return before + letter + letter + after;
    default:
      return before + after.slice(0, 1) + letter + after.slice(1);
  }
}

function dateAgain(chance: Chance, date: string): string {
  const [year = '', month = '', day = ''] = date.split('-');
  if (chance.happens(0.02) && Number(day) <= 12) return `${year}-${day}-${month}`;
  if (chance.happens(0.03)) return existing(replaced(date, chance.one([2, 3, 6, 9]), chance), date);
  if (chance.happens(0.02)) return existing(`${year.slice(0, 2)}${year[3]}${year[2]}-${month}-${day}`, date);
  return date;
}

function replaced(date: string, place: number, chance: Chance): string {
  return date.slice(0, place) + String(chance.below(10)) + date.slice(place + 1);
}

function existing(date: string, otherwise: string): string {
  try {
    const isPast = Temporal.PlainDate.from(date).year < 2026;
    return isPast ? date : otherwise;
  } catch {
    return otherwise;
  }
}

function telecomAgain(
  chance: Chance,
  { telecom = [], name }: PatientInput,
): NonNullable<PatientInput['telecom']> {
  return telecom.flatMap((contact) => {
    if (chance.happens(0.35)) return [];
    if (!chance.happens(0.15)) return [contact];
    const value = contact.system === 'phone' ? mobile(chance) : emailOf(chance, name[0]?.family ?? '');
    return [{ ...contact, value }];
  });
}

function addressAgain(chance: Chance, { address = [] }: PatientInput): NonNullable<PatientInput['address']> {
  return address.flatMap((known) => {
    if (chance.happens(0.2)) return [];
    if (chance.happens(0.15)) return [homeOf(chance).address];
    return chance.happens(0.1)
      ? [{ ...known, line: (known.line ?? []).map((line) => mistyped(chance, line)) }]
      : [known];
  });
}
