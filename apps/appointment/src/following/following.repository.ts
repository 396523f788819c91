import { Injectable } from '@nestjs/common';
import { and, asc, eq, inArray } from 'drizzle-orm';
import { maxMerges } from '#contracts';
import { Statement, type Connection } from '#platform';
import { appointmentTable, seriesTable, type AppointmentRow } from '../tables.ts';

/** What names another record than it should: its own has been merged into that one, or is itself again. */
export interface Stray {
  kind: 'appointment' | 'series';
  id: string;
  /** The record it was booked for. */
  home: string;
  from: string;
  to: string;
}

const straysIn = (table: 'appointment' | 'series') => `
  select '${table}' as kind, stray.id, home_id as home, stray.patient_id as "from", present.patient_id as "to"
  from present cross join lateral (
    select id, patient_id from appointment.${table}
    where coalesce(home_id, patient_id) = present.home_id and patient_id <> present.patient_id
    offset 0) as stray`;

// A survivor that is not known yet is waited for at the last record that is. OFFSET 0 keeps PostgreSQL to its indexes,
// however many records it expects.
const strays = new Statement<Stray>(
  'following_strays',
  `with recursive concerned (id) as (
     select unnest($1::uuid[])
     union
     select merged.id from concerned cross join lateral (
       select id from appointment.patient where replaced_by = concerned.id offset 0) as merged),
   way (home_id, patient_id, merges) as (
     select id, id, 0 from concerned
     union all
     select home_id, next.id, merges + 1 from way cross join lateral (
       select survivor.id from appointment.patient
       join appointment.patient as survivor on survivor.id = patient.replaced_by
       where patient.id = way.patient_id offset 0) as next
     where merges < ${maxMerges}),
   present as (select distinct on (home_id) home_id, patient_id from way order by home_id, merges desc)
   ${straysIn('appointment')} union all ${straysIn('series')}`,
);

// One consumer at a time: two that each move an end of one chain would miss each other's. Any number will do.
const oneAtATime = new Statement('following_lock', 'select pg_advisory_xact_lock(7421002)');

/** Whose appointments and series are, and whose they should be. */
@Injectable()
export class FollowingRepository {
  async waitForOthers(tx: Connection): Promise<void> {
    await oneAtATime.rows(tx);
  }

  /** What names the wrong record, of all that was booked for these records or for records merged into them. */
  straysOf(tx: Connection, patientIds: readonly string[]): Promise<Stray[]> {
    return strays.rows(tx, patientIds);
  }

  /** Kept as they are until the transaction ends, in the order of ids. */
  async lock(tx: Connection, ids: readonly string[]): Promise<AppointmentRow[]> {
    return tx
      .select()
      .from(appointmentTable)
      .where(inArray(appointmentTable.id, [...ids]))
      .orderBy(asc(appointmentTable.id))
      .for('update');
  }

  /** The appointments of these patients that collide with others of theirs, kept so until the transaction ends. */
  async lockColliding(tx: Connection, patientIds: readonly string[]): Promise<AppointmentRow[]> {
    return tx
      .select()
      .from(appointmentTable)
      .where(
        and(inArray(appointmentTable.patientId, [...patientIds]), eq(appointmentTable.patientConflict, true)),
      )
      .orderBy(asc(appointmentTable.id))
      .for('update');
  }

  async moveSeries(tx: Connection, { id, home, to }: Stray): Promise<void> {
    const homeId = home === to ? null : home;
    await tx.update(seriesTable).set({ patientId: to, homeId }).where(eq(seriesTable.id, id));
  }
}
