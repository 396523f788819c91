import type { AddressDto, ContactPointDto, HumanNameDto, IdentifierDto } from '#contracts';
import { doubleMetaphone } from 'double-metaphone';
import { bare, folded } from './text.ts';

/** What of a record tells people apart. */
export interface Person {
  mrn?: string;
  name?: readonly HumanNameDto[];
  birthDate?: string;
  gender?: string;
  telecom?: readonly ContactPointDto[];
  address?: readonly AddressDto[];
  identifier?: readonly IdentifierDto[];
}

export interface Word {
  readonly text: string;
  readonly sounds: readonly string[];
}

interface Name {
  readonly family: Word;
  readonly given: readonly Word[];
}

interface Place {
  readonly postalCode: string;
  readonly houseNumber: string;
  readonly street: string;
  readonly city: string;
}

/** A person made ready for comparison with many. */
export interface Profile {
  readonly names: readonly Name[];
  readonly birthDate: string | undefined;
  readonly gender: string | undefined;
  readonly phones: ReadonlySet<string>;
  readonly emails: ReadonlySet<string>;
  readonly places: readonly Place[];
  /** Values by their system. */
  readonly identifiers: ReadonlyMap<string, ReadonlySet<string>>;
}

/** What of somebody's names is compared, so that nobody's take long: with many times as much, none is told better. */
const mostNames = 8;
const mostGivenNames = 5;
const mostLetters = 40;

/** The register's own number as an identifier among others. */
const mrnSystem = 'mrn';

export function profileOf(person: Person): Profile {
  const { name = [], telecom = [], address = [], identifier = [], birthDate, gender, mrn } = person;
  const values = (systems: readonly string[]) =>
    new Set(telecom.filter(({ system }) => systems.includes(system)).map(({ value }) => value.toLowerCase()));
  const numbered = mrn === undefined ? identifier : [...identifier, { system: mrnSystem, value: mrn }];
  const bySystem = Map.groupBy(numbered, ({ system }) => system.toLowerCase());
  return {
    // Who is called unknown is so for want of a name.
    names: name
      .filter(({ use }) => use !== 'anonymous')
      .slice(0, mostNames)
      .map(nameOf),
    birthDate,
    gender: gender === 'unknown' ? undefined : gender,
    phones: values(['phone', 'sms']),
    emails: values(['email']),
    places: address.map(placeOf),
    identifiers: new Map(
      [...bySystem].map(([system, those]) => [system, new Set(those.map(({ value }) => bare(value)))]),
    ),
  };
}

function nameOf({ family, given = [] }: HumanNameDto): Name {
  const words = given
    .slice(0, mostGivenNames)
    .flatMap((name) => folded(name).split(' '))
    .filter((word) => word !== '');
  return { family: wordOf(folded(family)), given: words.slice(0, mostGivenNames).map(wordOf) };
}

function wordOf(whole: string): Word {
  const text = whole.slice(0, mostLetters);
  const sounds = /^[a-z ]+$/.test(text) ? doubleMetaphone(text) : [text];
  return { text, sounds: sounds.filter((sound) => sound !== '') };
}

function placeOf({ line = [], city = '', postalCode = '' }: AddressDto): Place {
  const [street = ''] = line;
  return {
    postalCode: bare(postalCode),
    houseNumber: /\d+/.exec(street)?.[0] ?? '',
    street: folded(street),
    city: folded(city),
  };
}
