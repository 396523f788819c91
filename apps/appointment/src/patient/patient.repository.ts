import { Injectable } from '@nestjs/common';
import { asc, eq, gt, inArray, sql } from 'drizzle-orm';
import type { PatientChanged } from '#contracts';
import { Overtaken, Statement, type Connection, type RowLock } from '#platform';
import { patientTable, type PatientRow } from '../tables.ts';

/** What stood when the statement began, as it is under the lock: without an id when it has been merged away since. */
interface Standing {
  id: string | null;
  active: boolean;
  version: number;
}

const standing = (lock: RowLock) =>
  new Statement<Standing>(
    `patient_${lock.replaceAll(' ', '_')}`,
    `with locked as (
       select id, active, version from appointment.patient where id = $1 and replaced_by is null for ${lock})
     select locked.id, locked.active, locked.version
     from appointment.patient as seen left join locked on true
     where seen.id = $1 and seen.replaced_by is null`,
  );
const standingUnder = {
  'key share': standing('key share'),
  'no key update': standing('no key update'),
  update: standing('update'),
};

/** So many at once, that no statement takes long. */
const doubtedAtOnce = 10_000;

/** The book's own copy of what it must know of patients. */
@Injectable()
export class PatientRepository {
  async find(connection: Connection, id: string): Promise<PatientRow | undefined> {
    const [row] = await connection.select().from(patientTable).where(eq(patientTable.id, id));
    return row;
  }

  /**
   * The record, locked, if it has not been merged away; one that has is of no account and stays unlocked.
   * @throws Overtaken when it is merged away while it is waited for: PostgreSQL locks it all the same, as it checks the
   * condition after that, and who then waited for its survivor would wait crosswise
   */
  async findStanding(tx: Connection, id: string, lock: RowLock): Promise<PatientRow | undefined> {
    const found = await standingUnder[lock].row(tx, id);
    if (!found) return undefined;
    if (found.id === null) throw new Overtaken();
    return { id, active: found.active, replacedBy: null, version: found.version };
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
