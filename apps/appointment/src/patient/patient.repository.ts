import { Injectable } from '@nestjs/common';
import { asc, gt, inArray, sql } from 'drizzle-orm';
import { patientChangedQueue, type PatientChanged } from '#contracts';
import { Overtaken, pendingJobs, Statement, type Connection, type RowLock } from '#platform';
import { patientTable, type PatientRow } from '../tables.ts';

/** What the register has told of a patient and the copy may not say yet: a subquery with the column `data`. */
const statesTold = (id: string) => pendingJobs(`'${patientChangedQueue}'`, `${id}::text`);

/** A record as the copy has it, null where it has none, and what is told of it. */
export interface Known {
  kept: PatientRow | null;
  told: PatientChanged[] | null;
}

/** The columns of `Known`, of the copy's row `patient` and an id. */
export const knownColumns = (id: string): string => `
  case when patient.id is not null then json_build_object('id', patient.id, 'active', patient.active,
    'replacedBy', patient.replaced_by, 'version', patient.version) end as kept,
  (select json_agg(data) from ${statesTold(id)} as told) as told`;

/**
 * The record as it was told last, whether or not the copy has it already. What the copy doubts it goes by until that is
 * told again: older states may be on their way besides.
 */
export function latestOf({ kept, told }: Known): PatientRow | undefined {
  const [sent] = newestOfEach(told ?? []);
  if (!sent || (kept && (kept.version === 0 || sent.version <= kept.version))) return kept ?? undefined;
  return sent;
}

const known = new Statement<Known>(
  'patient_known',
  `select ${knownColumns('asked.id')}
   from (select $1::uuid as id) as asked left join appointment.patient using (id)`,
);

/** What stood when the statement began, as it is under the lock; without a version when it is not, or not any more. */
interface Standing extends Pick<Known, 'told'> {
  /** Then it was not waited for. */
  mergeTold: boolean;
  active: boolean;
  version: number | null;
}

const isMergeTold = (row: string) => `exists (
  select from told where ${row}.version > 0
    and data ->> 'replacedBy' is not null and data -> 'version' > to_jsonb(${row}.version))`;

const standing = (lock: RowLock, passedOver = isMergeTold) =>
  new Statement<Standing>(
    `patient_${lock.replaceAll(' ', '_')}`,
    `with told as materialized (select data from ${statesTold('$1::uuid')} as told),
     locked as (
       select active, version from appointment.patient
       where id = $1 and replaced_by is null and not ${passedOver('patient')}
       for ${lock})
     select ${passedOver('seen')} as "mergeTold", locked.active, locked.version,
       (select json_agg(data) from told) as told
     from appointment.patient as seen left join locked on true
     where seen.id = $1 and seen.replaced_by is null`,
  );
const standingUnder = {
  'key share': standing('key share'),
  // Who changes an appointment locks whose it is until it follows, as all do who change others of the same patient.
  'no key update': standing('no key update', () => 'false'),
  update: standing('update'),
};

/** So many at once, that no statement takes long. */
const doubtedAtOnce = 10_000;

/** What the book must know of patients: its own copy, and what is on the way to it. */
@Injectable()
export class PatientRepository {
  /** The record as the register told it last. */
  async find(connection: Connection, id: string): Promise<PatientRow | undefined> {
    const row = await known.row(connection, id);
    return row && latestOf(row);
  }

  /**
   * The same, locked, if the copy has it and it has not been merged away; one that has is of no account and stays unlocked.
   * Whoever changes an appointment, under NO KEY UPDATE, has a record that a merge on its way will take away as it stands.
   * @throws Overtaken when it is merged away while it is waited for: PostgreSQL locks it all the same, as it checks the
   * condition after that, and who then waited for its survivor would wait crosswise
   */
  async findStanding(tx: Connection, id: string, lock: RowLock): Promise<PatientRow | undefined> {
    const found = await standingUnder[lock].row(tx, id);
    if (!found) return undefined;
    const { mergeTold, active, version, told } = found;
    if (version !== null) {
      const kept = { id, active, replacedBy: null, version };
      const latest = latestOf({ kept, told });
      return latest?.replacedBy === null ? latest : kept;
    }
    if (mergeTold) return undefined;
    throw new Overtaken();
  }

  /** In the order of ids, as all do who lock several. */
  async lock(tx: Connection, ids: readonly string[], lock: RowLock): Promise<void> {
    await tx
      .select({ id: patientTable.id })
      .from(patientTable)
      .where(inArray(patientTable.id, [...ids]))
      .orderBy(asc(patientTable.id))
      .for(lock);
  }

  /** Keeps each state that is newer than the one known. */
  async applyNewer(tx: Connection, states: readonly PatientChanged[]): Promise<void> {
    if (states.length === 0) return;
    await tx
      .insert(patientTable)
      .values(states.map(({ id, active, replacedBy, version }) => ({ id, active, replacedBy, version })))
      .onConflictDoUpdate({
        target: patientTable.id,
        set: {
          active: sql`excluded.active`,
          replacedBy: sql`excluded.replaced_by`,
          version: sql`excluded.version`,
        },
        setWhere: sql`excluded.version > ${patientTable.version}`,
      });
  }

  /**
   * Makes the next states after an id older than any that is told; otherwise they stay as they are.
   * @returns the id it came to; undefined when there are no more
   */
  async doubt(tx: Connection, after: string | undefined): Promise<string | undefined> {
    const { id } = patientTable;
    const next = tx
      .select({ id })
      .from(patientTable)
      .where(after === undefined ? undefined : gt(id, after))
      .orderBy(asc(id))
      .limit(doubtedAtOnce);
    const doubted = await tx
      .update(patientTable)
      .set({ version: 0 })
      .where(inArray(id, next))
      .returning({ id });
    return doubted
      .map((row) => row.id)
      .sort()
      .at(-1);
  }
}

/** One state per patient, in the order of ids that all writers keep, so that they don't wait on each other crosswise. */
export function newestOfEach(states: readonly PatientChanged[]): PatientChanged[] {
  const newest = new Map<string, PatientChanged>();
  for (const state of states)
    if (state.version > (newest.get(state.id)?.version ?? 0)) newest.set(state.id, state);
  return [...newest.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}
