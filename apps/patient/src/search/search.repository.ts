import { Injectable } from '@nestjs/common';
import { and, eq, getTableColumns, sql, type SQL } from 'drizzle-orm';
import type { Connection } from '#platform';
import { patientTable, type PatientRow } from '../patient/patient.table.ts';
import type { Terms } from './terms.ts';

export type NamedRow = PatientRow & { words: string[] };

/** For each word typed the words of names it may stand for. */
export type Readings = readonly (readonly string[])[];

interface Row extends Record<string, unknown> {
  typed: string;
  words: string[];
}

/** Of what one typed word may stand for, and of those who have such names, no more are looked at. */
const mostReadings = 100;
const mostCandidates = 300;

/** Whoever types more than these is not helped by more. */
const mostWords = 6;

/** PostgreSQL's measure of common trigrams, above which longer words are taken for each other. */
const leastSimilarity = 0.45;
const leastLength = 6;

@Injectable()
export class SearchRepository {
  /** The words of a text, as names are kept, each with the words of names that begin so. */
  async beginnings(connection: Connection, text: string): Promise<{ typed: string[]; readings: Readings }> {
    const { rows } = await connection.execute<Row>(sql`
      select typed, array(
        select word from patient.name_word
        where word >= typed collate "C" and word < (typed || chr(1114111)) collate "C"
        order by length(word) limit ${mostReadings}
      ) as words
      from unnest((patient.words(${text}))[1:${mostWords}]) with ordinality as term (typed, place) order by place`);
    return { typed: rows.map(({ typed }) => typed), readings: rows.map(({ words }) => words) };
  }

  /** For each word those that a slip of the pen makes of it, or that have most of their trigrams in common with it. */
  async likenesses(connection: Connection, typed: readonly string[]): Promise<Readings> {
    const { rows } = await connection.execute<Row>(sql`
      select typed, array(
        (select word from patient.name_word where slips && patient.slips(typed) limit ${mostReadings})
        union
        (select word from patient.name_word
         where length(typed) >= ${leastLength} and word operator(public.%) typed
           and public.similarity(word, typed) >= ${leastSimilarity}
         limit ${mostReadings})
      ) as words
      from unnest(${sql.param(typed)}::text[]) with ordinality as term (typed, place) order by place`);
    return rows.map(({ words }) => words);
  }

  /** Those who have one of the words of every reading, and all else that is asked for. */
  async people(connection: Connection, readings: Readings, terms: Terms): Promise<NamedRow[]> {
    const named = readings.map((words) => sql`name_words && ${sql.param(words)}::text[]`);
    return connection
      .select({ ...getTableColumns(patientTable), words: sql<string[]>`name_words` })
      .from(patientTable)
      .where(and(...named, ...conditions(terms)))
      .limit(mostCandidates);
  }
}

function conditions({ birthDate, mrn, phone, email, identifier }: Terms): SQL[] {
  const keys = [
    ...(phone === undefined ? [] : [sql`patient.number_key(${phone})`]),
    ...(email === undefined ? [] : [sql`'e' || ${email}::text`]),
    ...(identifier === undefined ? [] : [sql`'i' || patient.bare(${identifier})`]),
  ];
  return [
    ...(keys.length === 0 ? [] : [sql`match_keys @> array[${sql.join(keys, sql`, `)}]`]),
    ...(birthDate === undefined ? [] : [eq(patientTable.birthDate, birthDate)]),
    ...(mrn === undefined ? [] : [eq(patientTable.mrn, mrn)]),
  ];
}
