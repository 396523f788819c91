import { Injectable } from '@nestjs/common';
import { and, eq, sql, type SQL } from 'drizzle-orm';
import type { Connection } from '#platform';
import { patientTable, type PatientRow } from '../patient/patient.table.ts';
import {
  namedPeople,
  patternsOf,
  typedWords,
  type Named,
  type Reading,
  type Typed,
} from './search.statements.ts';
import type { Terms } from './terms.ts';

@Injectable()
export class SearchRepository {
  /** The words of a text, and what each may stand for. One that is known as such is not guessed at by its trigrams. */
  typed(connection: Connection, text: string): Promise<Typed[]> {
    return typedWords.rows(connection, text);
  }

  /** Those who answer every reading, with all their words. */
  named(connection: Connection, readings: readonly Reading[], limit: number): Promise<Named[]> {
    return namedPeople.rows(
      connection,
      JSON.stringify(readings.map((reading) => ({ ...reading, patterns: patternsOf(reading) }))),
      limit,
    );
  }

  /** The same of those of whom all else is true that is asked for: few enough to look at their names themselves. */
  async namedAnd(
    connection: Connection,
    readings: readonly Reading[],
    terms: Terms,
    limit: number,
  ): Promise<Named[]> {
    const words = sql<string>`' ' || array_to_string(patient.name_words(name), ' ') || ' '`;
    const named = readings.map(
      (reading) => sql`${words} like any (${sql.param(patternsOf(reading))}::text[])`,
    );
    return connection
      .select({ id: patientTable.id, words })
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
