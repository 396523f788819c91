import { Injectable } from '@nestjs/common';
import { and, eq, sql, type SQL } from 'drizzle-orm';
import type { Connection } from '#platform';
import { patientTable, type PatientRow } from '../patient/patient.table.ts';
import { namedPeople, typedWords, type Named, type Typed } from './search.statements.ts';
import type { Terms } from './terms.ts';

/** For each word typed the words of names it may stand for. */
export type Readings = readonly (readonly string[])[];

@Injectable()
export class SearchRepository {
  /** The words of a text, and what each may stand for. One that is known as such is not guessed at by its trigrams. */
  typed(connection: Connection, text: string): Promise<Typed[]> {
    return typedWords.rows(connection, text);
  }

  /** Those who have one of the words of every reading, with all their words. */
  named(connection: Connection, readings: Readings, limit: number): Promise<Named[]> {
    return namedPeople.rows(connection, JSON.stringify(readings), limit);
  }

  /** The same of those of whom all else is true that is asked for: few enough to look at their names themselves. */
  async namedAnd(connection: Connection, readings: Readings, terms: Terms, limit: number): Promise<Named[]> {
    const words = sql`patient.name_words(name)`;
    const named = readings.map((reading) => sql`${words} && ${sql.param(reading)}::text[]`);
    return connection
      .select({ id: patientTable.id, words: sql<string>`array_to_string(${words}, ' ')` })
      .from(patientTable)
      .where(and(...conditions(terms), ...named))
      .limit(limit);
  }

  /** Those of whom all is true that is asked for. */
  async people(connection: Connection, terms: Terms, limit: number): Promise<PatientRow[]> {
    return connection
      .select()
      .from(patientTable)
      .where(and(...conditions(terms)))
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
    ...keys.map((key) => sql`id in (select patient_id from patient.patient_key where key = ${key})`),
    ...(birthDate === undefined ? [] : [eq(patientTable.birthDate, birthDate)]),
    ...(mrn === undefined ? [] : [eq(patientTable.mrn, mrn)]),
  ];
}
