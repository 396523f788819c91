import { Injectable } from '@nestjs/common';
import { eq, or, sql, type SQL } from 'drizzle-orm';
import { Statement, type Connection } from '#platform';
import { patientTable, type PatientRow } from '../patient/patient.table.ts';
import type { Person } from './profile.ts';

/** Of those who share one key so many are looked at: a key that more people have tells little. */
const mostPerKey = 30;

/** Those with whom a person is compared; they share the rarest keys. */
const mostCandidates = 60;

const lock = new Statement(
  'patient_lock_dates',
  `select pg_advisory_xact_lock(hashtextextended('birth date ' || part, 0)) from unnest($1::text[]) as part`,
);

@Injectable()
export class MatchRepository {
  /**
   * Lets only one transaction at a time register anybody born on a date with such a part: of two who come at once with
   * the same person, the second sees what the first did.
   * @param parts in the order in which everybody takes them
   */
  async lockDates(tx: Connection, parts: readonly string[]): Promise<void> {
    await lock.rows(tx, parts);
  }

  /** Those who share a key with a person, merged-away records included; the rarer the keys, the sooner. */
  async candidates(connection: Connection, person: Person): Promise<PatientRow[]> {
    const sharing = sharingKeysOf(person);
    const { mrn } = person;
    const select = connection.select().from(patientTable);
    return mrn === undefined
      ? select.where(sharing).prepare('patients_sharing_keys').execute()
      : select
          .where(or(sharing, eq(patientTable.mrn, mrn)))
          .prepare('patients_sharing_keys_or_mrn')
          .execute();
  }
}

/** As each key is looked up by itself, one that very many have hides nobody who is found by another. */
function sharingKeysOf({ name, birthDate, telecom, address, identifier }: Person): SQL {
  const json = (value: unknown = []) => JSON.stringify(value);
  return sql`id = any (array(
    select patient_id from (
      select patient_id, 1.0 / count(*) over (partition by wanted.key) as rarity
      from unnest(patient.match_keys(${json(name)}::jsonb, ${birthDate ?? null}::date, ${json(telecom)}::jsonb,
        ${json(address)}::jsonb, ${json(identifier)}::jsonb)) as wanted (key)
      cross join lateral (
        select patient_id from patient.patient_key where patient_key.key = wanted.key limit ${mostPerKey}
      ) as sharing
    ) as shared
    group by patient_id order by sum(rarity) desc, patient_id limit ${mostCandidates}))`;
}
