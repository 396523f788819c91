import type { PatientInput } from '#contracts';
import type { Chance } from './chance.ts';
import { cities, families, givenNames, streets } from './names.ts';

export type Gender = keyof typeof givenNames;

/** What a household has in common. */
export interface Home {
  family: string;
  phone: string;
  address: NonNullable<PatientInput['address']>[number];
}

export function homeOf(chance: Chance): Home {
  const area = `${chance.one(['HX', 'LD', 'WT', 'KD'])}${1 + chance.below(20)} ${chance.below(10)}${chance.one(['AB', 'CD', 'EF', 'GH'])}`;
  return {
    family: chance.common(families),
    phone: landline(chance),
    address: {
      line: [`${1 + chance.below(180)} ${chance.one(streets)}`],
      city: chance.one(cities),
      postalCode: area,
      country: 'GB',
    },
  };
}

function landline(chance: Chance): string {
  return `+4420${1_000_0000 + chance.below(8_999_9999)}`.slice(0, 13);
}

export function mobile(chance: Chance): string {
  return `+447${700_000_000 + chance.below(99_999_999)}`;
}

export function emailOf(chance: Chance, name: string): string {
  const plain = name.normalize('NFKD').replace(/[^A-Za-z]/g, '');
  return `${plain.toLowerCase()}${chance.below(10_000)}@example.org`;
}

export function dateBetween(chance: Chance, from: string, to: string): string {
  const first = Temporal.PlainDate.from(from);
  const { days } = first.until(to, { largestUnit: 'days' });
  return first.add({ days: chance.below(days) }).toString();
}

/** A record of somebody, as complete as registers have them. */
export function recordOf(chance: Chance, home: Home, gender: Gender, birthDate: string): PatientInput {
  const given = chance.common(givenNames[gender]);
  const second = chance.happens(0.3) ? [chance.common(givenNames[gender])] : [];
  const isChild = birthDate > '2012';
  const telecom: PatientInput['telecom'] = [];
  if (chance.happens(0.5)) telecom.push({ system: 'phone', value: home.phone, use: 'home' });
  if (!isChild && chance.happens(0.65))
    telecom.push({ system: 'phone', value: mobile(chance), use: 'mobile' });
  if (!isChild && chance.happens(0.5))
    telecom.push({ system: 'email', value: emailOf(chance, `${given}${home.family}`) });
  const number = String(100_000_000 + chance.below(899_999_999));
  return {
    name: [{ use: 'official', family: home.family, given: [given, ...second] }],
    birthDate,
    gender: chance.happens(0.95) ? gender : 'unknown',
    telecom,
    address: chance.happens(0.85) ? [home.address] : [],
    identifier: chance.happens(0.4) ? [{ system: 'https://example.org/insurance', value: number }] : [],
  };
}
