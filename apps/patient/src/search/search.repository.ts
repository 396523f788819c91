import { Injectable } from '@nestjs/common';
import { and, eq, sql, type SQL } from 'drizzle-orm';
import { Database, Select, Statement, type Connection } from '#platform';
import { patientTable, type PatientRow } from '../patient/patient.table.ts';
import type { Terms } from './terms.ts';

/** Somebody who was found by name. */
interface NamedRow {
  id: string;
  /** The words of all their names, each with a space before and after. */
  words: string;
  /** The words that were asked for, in the form that names are kept in, with spaces between: the same in all rows. */
  typed: string;
}

const namedPeople = new Statement<NamedRow>(
  'search_named',
  'select id, words, typed from patient.search_named($1, $2, $3)',
);

/** Who was found by name. */
interface Named {
  /** The words that were asked for, in the form that names are kept in. */
  typed: string[];
  people: { id: string; words: string[] }[];
}

/** Reads outside of transactions. */
@Injectable()
export class SearchRepository {
  readonly #reader: Connection;
  /** Each built once, by the names of the terms that are asked for. */
  readonly #people = new Map<string, Select<typeof patientTable>>();
  readonly #named = new Map<string, ReturnType<typeof prepareNamed>>();

  constructor({ reader }: Database) {
    this.#reader = reader;
  }

  /** Whose names answer every word of a text; where they are fewer than `enough`, also those whose are merely like it. */
  async named(text: string, enough: number, limit: number): Promise<Named> {
    return namedOf(await namedPeople.rows(this.#reader, text, enough, limit));
  }

  /** Whose names are as a text or like it, of those of whom all else is true that is asked for: few enough to look at each. */
  async namedAnd(text: string, terms: Terms, limit: number): Promise<Named> {
    const names = namesOf(terms);
    const statement = this.#named.getOrInsertComputed(names.join('_'), () =>
      prepareNamed(this.#reader, names),
    );
    return namedOf(await statement.execute({ ...terms, text, limit }));
  }

  /** Those of whom all is true that is asked for. */
  people(terms: Terms, limit: number): Promise<PatientRow[]> {
    const names = namesOf(terms);
    const select = this.#people.getOrInsertComputed(names.join('_'), () => selectOf(names));
    return select.rows(this.#reader, { ...terms, limit });
  }
}

/** Each once, of whom there may be several rows. */
function namedOf(rows: readonly NamedRow[]): Named {
  const people = [...new Map(rows.map((row) => [row.id, row])).values()];
  return {
    typed: rows[0]?.typed.split(' ') ?? [],
    people: people.map(({ id, words }) => ({ id, words: words.trim().split(' ') })),
  };
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

function selectOf(names: readonly Name[]) {
  return new Select(`search_people_by_${names.join('_')}`, patientTable, (select) =>
    select.where(and(...names.map((name) => conditions[name]))).limit(sql.placeholder('limit')),
  );
}

function prepareNamed(reader: Connection, names: readonly Name[]) {
  const reading = reader
    .$with('reading', {})
    .as(sql`select word, patterns from unnest(patient.widened_words(${sql.placeholder('text')}::text))`);
  return (
    reader
      .with(reading)
      .select({
        id: patientTable.id,
        words: sql<string>`had.words`,
        typed: sql<string>`(select string_agg(word, ' ') from reading)`,
      })
      .from(patientTable)
      // With an offset, so that it is not worked out anew for each reading.
      .crossJoinLateral(
        sql`(select ' ' || array_to_string(patient.name_words(name), ' ') || ' ' as words offset 0) as had`,
      )
      .where(
        and(
          ...names.map((name) => conditions[name]),
          sql`exists (select from reading)`,
          sql`not exists (select from reading where not (had.words like any (patterns)))`,
        ),
      )
      .limit(sql.placeholder('limit'))
      .prepare(`search_named_by_${names.join('_')}`)
  );
}
