import type { Grade } from '#contracts';
import { birthDateLevel } from './birth-date.ts';
import { compareNames } from './names.ts';
import type { Profile } from './profile.ts';
import { jaroWinkler } from './text.ts';
import { highestIfContradicted, priorBits, shareOfSecondContact, thresholds, weights } from './weights.ts';

export interface Score {
  /** The probability that two records are of one person, to four decimals. */
  score: number;
  grade: Grade;
}

/** How likely two records are of one person. What is not known on one side speaks neither for nor against it. */
export function compare(a: Profile, b: Profile): Score {
  const names = compareNames(a, b);
  const birthDate =
    a.birthDate === undefined || b.birthDate === undefined
      ? undefined
      : birthDateLevel(a.birthDate, b.birthDate);
  const bits =
    priorBits +
    names.bits +
    (birthDate ? weights.birthDate[birthDate] : 0) +
    genderBits(a, b) +
    contactBits(a, b) +
    agreement(a.emails, b.emails, weights.email) +
    identifierBits(a, b);
  const isContradicted = names.givenDiffer || birthDate === 'differs';
  return graded(Math.min(probability(bits), isContradicted ? highestIfContradicted : 1));
}

/** The probability of what is 2^bits times likelier than not. */
function probability(bits: number): number {
  return 1 / (1 + 2 ** -bits);
}

function graded(exact: number): Score {
  const score = Math.round(exact * 10_000) / 10_000;
  const { certain, probable, possible } = thresholds;
  if (exact >= certain) return { score, grade: 'certain' };
  if (exact >= probable) return { score, grade: 'probable' };
  return { score, grade: exact >= possible ? 'possible' : 'certainly-not' };
}

function genderBits(a: Profile, b: Profile): number {
  if (a.gender === undefined || b.gender === undefined) return 0;
  return a.gender === b.gender ? weights.gender.same : weights.gender.differs;
}

function contactBits(a: Profile, b: Profile): number {
  const phone = agreement(a.phones, b.phones, weights.phone);
  const address = addressBits(a, b);
  const isOfOneFamily = phone > 0 && address > 0;
  return isOfOneFamily
    ? Math.max(phone, address) + shareOfSecondContact * Math.min(phone, address)
    : phone + address;
}

function addressBits({ places: a }: Profile, { places: b }: Profile): number {
  const pairs = a.flatMap((one) => b.map((other) => placeBits(one, other)));
  return pairs.length === 0 ? 0 : Math.max(...pairs);
}

type Place = Profile['places'][number];

function placeBits(a: Place, b: Place): number {
  const isSameArea = a.postalCode !== '' && a.postalCode === b.postalCode;
  const isSameCity = a.city !== '' && a.city === b.city;
  const { same, near, differs } = weights.address;
  if (!isSameArea && !isSameCity) return a.postalCode && b.postalCode && a.city && b.city ? differs : 0;
  if (a.street === '' || b.street === '') return isSameArea ? near : 0;
  const isSameHouse = a.houseNumber === b.houseNumber && jaroWinkler(a.street, b.street) >= 0.85;
  if (isSameHouse) return same;
  return isSameArea ? near : differs;
}

function identifierBits({ identifiers: a }: Profile, { identifiers: b }: Profile): number {
  const bySystem = [...a].map(([system, values]) =>
    agreement(values, b.get(system) ?? new Set(), weights.identifier),
  );
  return Math.max(0, ...bySystem) || Math.min(0, ...bySystem);
}

/** Whether two sets have a value in common; an empty one says nothing. */
function agreement(
  a: ReadonlySet<string>,
  b: ReadonlySet<string>,
  { same, differs }: { same: number; differs: number },
): number {
  if (a.size === 0 || b.size === 0) return 0;
  return a.isDisjointFrom(b) ? differs : same;
}
