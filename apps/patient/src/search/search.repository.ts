import { Injectable } from '@nestjs/common';
import { and, eq, sql, type SQL } from 'drizzle-orm';
import { Database, type Connection } from '#platform';
import { patientTable, type PatientRow } from '../patient/patient.table.ts';
import {
  likeWords,
  namedPeople,
  patternsOf,
  typedWords,
  type Named,
  type Reading,
  type Typed,
} from './search.statements.ts';
import type { Terms } from './terms.ts';

/** Reads outside of transactions. */
@Injectable()
export class SearchRepository {
  readonly #reader: Connection;
  /** Each prepared once, by the names of the terms that are asked for. */
  readonly #people = new Map<string, ReturnType<typeof preparePeople>>();
  readonly #named = new Map<string, ReturnType<typeof prepareNamed>>();

  constructor({ reader }: Database) {
    this.#reader = reader;
  }

  /** The words of a text, and what each may be the beginning of. */
  typed(text: string): Promise<Typed[]> {
    return typedWords.rows(this.#reader, text);
  }

  /** The words like each of these. One that is known as such is not guessed at by its trigrams. */
  async like(typed: readonly Typed[]): Promise<string[][]> {
    const known = typed.map(({ isKnown }) => isKnown);
    const rows = await likeWords.rows(
      this.#reader,
      typed.map(({ word }) => word),
      known,
    );
    return rows.map(({ words }) => words);
  }

  /** Those who answer every reading, with all their words. It begins with the first two readings. */
  async named(readings: readonly Reading[], limit: number): Promise<Named[]> {
    const [first, second = first, ...others] = readings;
    if (!first || !second) return [];
    const { words, beginning } = listed(first);
    const patterns = JSON.stringify(others.map((reading) => ({ patterns: patternsOf(reading) })));
    return namedPeople.rows(
      this.#reader,
      ...[words, beginning ?? null, second.words, second.beginning ?? null],
      ...[patterns, limit],
    );
  }

  /** The same of those of whom all else is true that is asked for: few enough to look at their names themselves. */
  namedAnd(readings: readonly Reading[], terms: Terms, limit: number): Promise<Named[]> {
    const names = namesOf(terms);
    const statement = this.#named.getOrInsertComputed(names.join('_'), () =>
      prepareNamed(this.#reader, names),
    );
    const patterns = JSON.stringify(readings.map((reading) => ({ patterns: patternsOf(reading) })));
    return statement.execute({ ...terms, patterns, limit });
  }

  /** Those of whom all is true that is asked for. */
  people(terms: Terms, limit: number): Promise<PatientRow[]> {
    const names = namesOf(terms);
    const statement = this.#people.getOrInsertComputed(names.join('_'), () =>
      preparePeople(this.#reader, names),
    );
    return statement.execute({ ...terms, limit });
  }
}

function listed(reading: Reading): Reading {
  const { beginnings, words } = reading;
  return beginnings ? { words: [...beginnings, ...words] } : reading;
}

const keyed = (key: SQL) => sql`id in (select patient_id from patient.patient_key where key = ${key})`;

/** By the terms' names. */
const conditions = {
  birthDate: eq(patientTable.birthDate, sql.placeholder('birthDate')),
  mrn: eq(patientTable.mrn, sql.placeholder('mrn')),
  phone: keyed(sql`patient.number_key(${sql.placeholder('phone')})`),
  email: keyed(sql`'e' || ${sql.placeholder('email')}::text`),
  identifier: keyed(sql`'i' || patient.bare(${sql.placeholder('identifier')})`),
};

type Name = keyof typeof conditions;

function namesOf(terms: Terms): Name[] {
  return (Object.keys(conditions) as Name[]).filter((name) => terms[name] !== undefined);
}

function preparePeople(reader: Connection, names: readonly Name[]) {
  return reader
    .select()
    .from(patientTable)
    .where(and(...names.map((name) => conditions[name])))
    .limit(sql.placeholder('limit'))
    .prepare(`search_people_by_${names.join('_')}`);
}

function prepareNamed(reader: Connection, names: readonly Name[]) {
  return (
    reader
      .select({ id: patientTable.id, words: sql<string>`had.words` })
      .from(patientTable)
      // With an offset, so that it is not worked out anew for each reading.
      .crossJoinLateral(
        sql`(select ' ' || array_to_string(patient.name_words(name), ' ') || ' ' as words offset 0) as had`,
      )
      .where(
        and(
          ...names.map((name) => conditions[name]),
          sql`not exists (
            select from jsonb_to_recordset(${sql.placeholder('patterns')}::jsonb) as reading (patterns text[])
            where not (had.words like any (patterns)))`,
        ),
      )
      .limit(sql.placeholder('limit'))
      .prepare(`search_named_by_${names.join('_')}`)
  );
}
