import { Injectable } from '@nestjs/common';
import { and, eq, getTableColumns, sql, type SQL } from 'drizzle-orm';
import type { Connection } from '#platform';
import { patientTable, type PatientRow } from '../patient/patient.table.ts';
import type { Terms } from './terms.ts';

export type NamedRow = PatientRow & { words: string[] };

/** For each word typed the words of names it may stand for. */
export type Readings = readonly (readonly string[])[];

/** A word as it was typed, in the form that names are kept in. */
export interface Typed extends Record<string, unknown> {
  word: string;
  /** Whether anybody has it. */
  isKnown: boolean;
  /** Words that begin with it, the shortest first, itself included. */
  beginnings: string[];
  /** Words that a slip of the pen makes of it, or that have most of their trigrams in common with it. */
  likenesses: string[];
}

/** Of what one typed word may stand for, no more is looked at. */
const mostReadings = 100;

/** Whoever types more than these is not helped by more. */
const mostWords = 6;

/** PostgreSQL's measure of common trigrams, above which longer words are taken for each other. */
const leastSimilarity = 0.45;
const leastLength = 6;

@Injectable()
export class SearchRepository {
  /** The words of a text, and what each may stand for. One that is known as such is not guessed at by its trigrams. */
  async typed(connection: Connection, text: string): Promise<Typed[]> {
    const { rows } = await connection.execute<Typed>(sql`
      select typed as word, is_known as "isKnown",
        array(
          select word from patient.name_word
          where word >= typed collate "C" and word < (typed || chr(1114111)) collate "C"
          order by length(word) limit ${mostReadings}
        ) as beginnings,
        array(
          (select word from patient.name_word where slips && patient.slips(typed) limit ${mostReadings})
          union
          (select word from patient.name_word
           where not is_known and length(typed) >= ${leastLength} and word operator(public.%) typed
             and public.similarity(word, typed) >= ${leastSimilarity}
           limit ${mostReadings})
        ) as likenesses
      from unnest((patient.words(${text}))[1:${mostWords}]) with ordinality as term (typed, place)
      cross join lateral (select exists (select from patient.name_word where word = typed)) as known (is_known)
      order by place`);
    return rows;
  }

  /** Those who have one of the words of every reading, and all else that is asked for. */
  async people(connection: Connection, readings: Readings, terms: Terms, limit: number): Promise<NamedRow[]> {
    const named = readings.map((words) => sql`name_words && ${sql.param(words)}::text[]`);
    return connection
      .select({ ...getTableColumns(patientTable), words: sql<string[]>`name_words` })
      .from(patientTable)
      .where(and(...named, ...conditions(terms)))
      .limit(limit);
  }
}

function conditions({ birthDate, mrn, phone, email, identifier }: Terms): SQL[] {
  const keys = [
    ...(phone === undefined ? [] : [sql`patient.number_key(${phone})`]),
    ...(email === undefined ? [] : [sql`'e' || ${email}::text`]),
    ...(identifier === undefined ? [] : [sql`'i' || patient.bare(${identifier})`]),
  ];
  return [
    ...(keys.length === 0
      ? []
      : [sql`id in (select patient.with_all_keys(array[${sql.join(keys, sql`, `)}]))`]),
    ...(birthDate === undefined ? [] : [eq(patientTable.birthDate, birthDate)]),
    ...(mrn === undefined ? [] : [eq(patientTable.mrn, mrn)]),
  ];
}
