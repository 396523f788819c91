import { randomUUIDv7 } from 'node:crypto';
import type { Grade } from '#contracts';
import { profileOf } from '../../apps/patient/src/match/profile.ts';
import { compare } from '../../apps/patient/src/match/score.ts';
import type { TestDatabase } from '../harness/database.ts';
import { query } from '../harness/sql.ts';
import type { TrueRecord } from './register.ts';

type Outcome = Grade | 'not compared';

/** How pairs of records were graded, those of one person and those of two. */
export interface Confusion {
  same: Record<Outcome, number>;
  different: Record<Grade, number>;
  recall: number;
  precision: number;
}

/** Grades every pair that shares a key in the database, as the service does. */
export async function confusionOf(
  database: TestDatabase,
  records: readonly TrueRecord[],
): Promise<Confusion> {
  const pairs = await pairsOf(database, records);
  const profiles = records.map(({ record }) => profileOf(record));
  const same = { certain: 0, probable: 0, possible: 0, 'certainly-not': 0, 'not compared': 0 };
  const different = { certain: 0, probable: 0, possible: 0, 'certainly-not': 0 };
  for (const [a, b] of pairs) {
    const [one, other] = [profiles[a], profiles[b]];
    if (!one || !other) throw new Error('the database has a record more');
    const { grade } = compare(one, other);
    (records[a]?.person === records[b]?.person ? same : different)[grade] += 1;
  }
  const compared = Object.values(same).reduce((sum, count) => sum + count, 0);
  same['not compared'] = truePairs(records) - compared;
  const found = same.certain + same.probable;
  return {
    same,
    different,
    recall: found / truePairs(records),
    precision: found / (found + different.certain + different.probable),
  };
}

function truePairs(records: readonly TrueRecord[]): number {
  const sizes = [...Map.groupBy(records, ({ person }) => person).values()].map(({ length }) => length);
  return sizes.reduce((sum, size) => sum + (size * (size - 1)) / 2, 0);
}

/** The places in `records` of those who share a key. */
async function pairsOf(
  database: TestDatabase,
  records: readonly TrueRecord[],
): Promise<[a: number, b: number][]> {
  const rows = records.map(({ record }, place) => ({
    id: randomUUIDv7(),
    mrn: String(place),
    active: true,
    communication: [],
    ...record,
    birth_date: record.birthDate,
    version: 1,
  }));
  const columns =
    'id, mrn, active, name, birth_date, gender, telecom, address, identifier, communication, version';
  await query(
    database.superuserUrl,
    'truncate patient.patient, patient.patient_name_pair, patient.patient_key cascade',
  );
  await query(
    database.superuserUrl,
    `insert into patient.patient (${columns}, created_at, updated_at)
     select ${columns}, now(), now() from jsonb_populate_recordset(null::patient.patient, $1)`,
    [JSON.stringify(rows)],
  );
  // Statistics taken while the insert was under way say that nobody is there: every key would be compared with every other.
  await query(database.superuserUrl, 'analyze patient.patient, patient.patient_key');
  const found = await query<{ a: number; b: number }>(
    database.superuserUrl,
    `with key as materialized (
       select mrn::integer as place, key from patient.patient_key join patient.patient on id = patient_id)
     select distinct a.place as a, b.place as b from key a join key b using (key) where a.place < b.place`,
  );
  return found.map(({ a, b }) => [a, b]);
}
