import { isDeepStrictEqual } from 'node:util';
import type { AddressDto, ContactPointDto, IdentifierDto, Origin } from '#contracts';

/** The parts of a record that a merge unites. */
export interface Lists {
  identifier: IdentifierDto[];
  telecom: ContactPointDto[];
  address: AddressDto[];
}

type WithOrigin<T> = T & { from: Origin };

/** What the lists of the survivor became, and which record had each entry. */
export interface United {
  identifier: WithOrigin<IdentifierDto>[];
  telecom: WithOrigin<ContactPointDto>[];
  address: WithOrigin<AddressDto>[];
}

/** A merge into the same survivor that stays, with what its duplicate has. */
export interface Standing {
  united: United;
  duplicate: Lists;
}

// Two entries are one when they name the same thing, whatever it is used for.
const identifierKey = ({ system, value }: IdentifierDto) => JSON.stringify([system, value]);
const contactKey = ({ system, value }: ContactPointDto) => JSON.stringify([system, value]);
const addressKey = ({ line = [], city, state, postalCode, country }: AddressDto) =>
  JSON.stringify([line, city, state, postalCode, country]).toLowerCase();

/** The survivor's entries, then those that only the duplicate has. */
export function unite(survivor: Lists, duplicate: Lists): United {
  return {
    identifier: uniteList(survivor.identifier, duplicate.identifier, identifierKey),
    telecom: uniteList(survivor.telecom, duplicate.telecom, contactKey),
    address: uniteList(survivor.address, duplicate.address, addressKey),
  };
}

/** The entries by themselves. */
export function listsOf({ identifier, telecom, address }: United): Lists {
  return {
    identifier: identifier.map(withoutOrigin),
    telecom: telecom.map(withoutOrigin),
    address: address.map(withoutOrigin),
  };
}

/**
 * The survivor's lists without what a merge added and nobody has changed since. What a merge that stays would have added
 * too remains, as that one's duplicate has it, and is that one's addition from now on.
 * @returns the lists, and what the merges that stay have united, in their order
 */
export function separate(
  now: Lists,
  undone: United,
  standing: readonly Standing[],
): { lists: Lists; standing: United[] } {
  const part = <Name extends keyof Lists>(name: Name, keyOf: (entry: Lists[Name][number]) => string) =>
    separateList<Lists[Name][number]>(
      now[name],
      undone[name],
      standing.map(({ united, duplicate }) => ({ united: united[name], duplicate: duplicate[name] })),
      keyOf,
    );
  const identifier = part('identifier', identifierKey);
  const telecom = part('telecom', contactKey);
  const address = part('address', addressKey);
  return {
    lists: { identifier: identifier.list, telecom: telecom.list, address: address.list },
    standing: standing.map(({ united }, index) => ({
      identifier: identifier.standing[index] ?? united.identifier,
      telecom: telecom.standing[index] ?? united.telecom,
      address: address.standing[index] ?? united.address,
    })),
  };
}

function uniteList<T extends object>(
  survivor: readonly T[],
  duplicate: readonly T[],
  keyOf: (entry: T) => string,
): WithOrigin<T>[] {
  const has = new Set(survivor.map(keyOf));
  const others = new Map(duplicate.toReversed().map((entry) => [keyOf(entry), entry]));
  const kept = survivor.map((entry) => withOrigin(entry, others.has(keyOf(entry)) ? 'both' : 'survivor'));
  const added = duplicate.filter((entry) => !has.has(keyOf(entry)) && others.get(keyOf(entry)) === entry);
  return [...kept, ...added.map((entry) => withOrigin(entry, 'duplicate'))];
}

interface StandingList<T> {
  united: readonly WithOrigin<T>[];
  duplicate: readonly T[];
}

function separateList<T extends object>(
  now: readonly T[],
  undone: readonly WithOrigin<T>[],
  standing: readonly StandingList<T>[],
  keyOf: (entry: T) => string,
): { list: T[]; standing: WithOrigin<T>[][] } {
  const list = [...now];
  const unitedBy = standing.map(({ united }) => [...united]);
  for (const { entry } of undone.filter(({ from }) => from === 'duplicate').map(split)) {
    const place = list.findIndex((each) => isDeepStrictEqual(each, entry));
    if (place === -1) continue;
    const heir = standing.findIndex(({ duplicate }) => duplicate.some((own) => keyOf(own) === keyOf(entry)));
    const own = standing[heir]?.duplicate.find((each) => keyOf(each) === keyOf(entry));
    list.splice(place, 1, ...(own ? [own] : []));
    const united = unitedBy[heir];
    const unitedPlace = united?.findIndex((each) => keyOf(each) === keyOf(entry)) ?? -1;
    if (own && united && unitedPlace !== -1) united[unitedPlace] = withOrigin(own, 'duplicate');
  }
  return { list, standing: unitedBy };
}

function withOrigin<T extends object>(entry: T, from: Origin): WithOrigin<T> {
  return { ...entry, from };
}

function withoutOrigin<T extends object>(united: WithOrigin<T>): T {
  return split(united).entry;
}

function split<T extends object>({ from, ...entry }: WithOrigin<T>): { from: Origin; entry: T } {
  return { from, entry: entry as unknown as T };
}
