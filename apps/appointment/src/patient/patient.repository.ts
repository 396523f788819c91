import { Injectable } from '@nestjs/common';
import { asc, eq, inArray, sql } from 'drizzle-orm';
import type { PatientChanged } from '#contracts';
import { Statement, type Connection, type RowLock } from '#platform';
import { patientTable, type PatientRow } from '../tables.ts';

const columns = 'id, active, replaced_by as "replacedBy", version';
const lockingText = `select ${columns} from appointment.patient where id = $1 for`;
const locking = {
  'key share': new Statement<PatientRow>('patient_key_share', `${lockingText} key share`),
  update: new Statement<PatientRow>('patient_update', `${lockingText} update`),
};

/** The book's own copy of what it must know of patients. */
@Injectable()
export class PatientRepository {
  async find(connection: Connection, id: string): Promise<PatientRow | undefined> {
    const [row] = await connection.select().from(patientTable).where(eq(patientTable.id, id));
    return row;
  }

  findLocked(tx: Connection, id: string, lock: RowLock): Promise<PatientRow | undefined> {
    return locking[lock].row(tx, id);
  }

  /** Waits for the bookings of these patients that are under way. */
  async lockForChange(tx: Connection, ids: readonly string[]): Promise<void> {
    await tx
      .select({ id: patientTable.id })
      .from(patientTable)
      .where(inArray(patientTable.id, [...ids]))
      .orderBy(asc(patientTable.id))
      .for('update');
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
}
