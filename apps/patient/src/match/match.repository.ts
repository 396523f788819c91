import { Injectable } from '@nestjs/common';
import { eq, sql, type SQL } from 'drizzle-orm';
import type { Connection } from '#platform';
import { patientTable, type PatientRow } from '../patient/patient.table.ts';
import type { Person } from './profile.ts';

@Injectable()
export class MatchRepository {
  /**
   * Lets only one transaction at a time register anybody of these keys: of two who come at once with the same person,
   * the second sees what the first did. All take the locks in one order.
   */
  async lockKeys(tx: Connection, person: Person): Promise<void> {
    await tx.execute(sql`
      select pg_advisory_xact_lock(hashtextextended(key, 0))
      from (select unnest(${keysOf(person)}) as key order by 1) as ordered`);
  }

  /** Everybody who shares a key with a person, merged-away records included. */
  async candidates(connection: Connection, person: Person): Promise<PatientRow[]> {
    const sharing = connection
      .select()
      .from(patientTable)
      .where(sql`id in (select patient.with_any_key(${keysOf(person)}))`);
    if (person.mrn === undefined) return sharing;
    return sharing.union(connection.select().from(patientTable).where(eq(patientTable.mrn, person.mrn)));
  }
}

function keysOf({ name, birthDate, telecom, address, identifier }: Person): SQL {
  const json = (value: unknown) => (value === undefined ? null : JSON.stringify(value));
  return sql`patient.match_keys(${json(name)}::jsonb, ${birthDate ?? null}::date, ${json(telecom)}::jsonb,
    ${json(address)}::jsonb, ${json(identifier)}::jsonb)`;
}
