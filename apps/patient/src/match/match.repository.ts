import { Injectable } from '@nestjs/common';
import { eq, or, sql } from 'drizzle-orm';
import { Select, Statement, type Connection } from '#platform';
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

const { placeholder } = sql;

/** As each key is looked up by itself, one that very many have hides nobody who is found by another. */
const isSharing = sql`id = any (array(
  select patient_id from (
    select patient_id, 1.0 / count(*) over (partition by wanted.key) as rarity
    from unnest(patient.match_keys(${placeholder('name')}::jsonb, ${placeholder('birthDate')}::date,
      ${placeholder('telecom')}::jsonb, ${placeholder('address')}::jsonb, ${placeholder('identifier')}::jsonb)) as wanted (key)
    cross join lateral (
      select patient_id from patient.patient_key where patient_key.key = wanted.key limit ${mostPerKey}
    ) as sharing
  ) as shared
  group by patient_id order by sum(rarity) desc, patient_id limit ${mostCandidates}))`;

const sharingKeys = new Select('patients_sharing_keys', patientTable, (select) => select.where(isSharing));
const sharingKeysOrMrn = new Select('patients_sharing_keys_or_mrn', patientTable, (select) =>
  select.where(or(isSharing, eq(patientTable.mrn, placeholder('mrn')))),
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
  candidates(
    connection: Connection,
    { name, birthDate, telecom, address, identifier, mrn }: Person,
  ): Promise<PatientRow[]> {
    const json = (value: unknown = []) => JSON.stringify(value);
    const select = mrn === undefined ? sharingKeys : sharingKeysOrMrn;
    return select.rows(connection, {
      name: json(name),
      birthDate,
      telecom: json(telecom),
      address: json(address),
      identifier: json(identifier),
      mrn,
    });
  }
}
