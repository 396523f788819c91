import { Injectable } from '@nestjs/common';
import { and, asc, eq, inArray, notInArray, sql } from 'drizzle-orm';
import { maxMerges } from '#contracts';
import { answersOf, Statement, together, type Connection } from '#platform';
import { freeing } from '../booking/lifecycle.ts';
import { appointmentTable, seriesTable, type AppointmentRow } from '../tables.ts';

/** What names another record than it should: its own has been merged into that one, or is itself again. */
export interface Stray {
  kind: 'appointment' | 'series' | 'waitlist_entry';
  id: string;
  /** The record it was booked for. */
  home: string;
  from: string;
  to: string;
}

/** So many patients are seen to in a round. */
const unsettledAtOnce = 100;

const straysIn = (table: Stray['kind'], marked: string) => `
  select '${table}' as kind, stray.id, home_id as home, stray.patient_id as "from", present.patient_id as "to", marked
  from present cross join lateral (
    select id, patient_id, ${marked} as marked from appointment.${table}
    where coalesce(home_id, patient_id) = present.home_id and patient_id <> present.patient_id
    offset 0) as stray`;

/**
 * What names the wrong record, of what was booked for some records or for records merged into them. A survivor that is not
 * known yet is waited for at the last record that is. Who has the patient's time comes first, and keeps it. OFFSET 0 keeps
 * PostgreSQL to its indexes, however many records it expects.
 */
const strays = (name: string, homes: string, limit: string) =>
  new Statement<Stray>(
    name,
    `with recursive concerned (id) as (
       ${homes}
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
     ${straysIn('appointment', 'patient_conflict')} union all ${straysIn('series', 'false')}
     union all ${straysIn('waitlist_entry', 'false')}
     order by marked, id
     limit ${limit}`,
  );

const straysOf = strays('following_strays', 'select unnest($1::uuid[])', '$2');
// Whatever is astray has moved before, or is a merged-away record's.
const anyStrays = strays(
  'following_any_strays',
  `select id from appointment.patient where replaced_by is not null
   union select home_id from appointment.appointment where home_id is not null
   union select home_id from appointment.series where home_id is not null
   union select home_id from appointment.waitlist_entry where home_id is not null`,
  '$1',
);

/**
 * One at a time: two who each move an end of one chain would miss each other's. Any number will do. However many wait, each
 * gets its turn, so the time-out of other locks is not for this one.
 */
const oneAtATime = new Statement(
  'following_lock',
  `select set_config('lock_timeout', '0', true), pg_advisory_xact_lock(7421002),
     set_config('lock_timeout', present, true)
   from (select current_setting('lock_timeout') as present offset 0) as setting`,
);

const keep = (table: 'appointment_type' | 'practitioner' | 'room', column: string) =>
  new Statement(
    `following_keep_${table}`,
    `select from appointment.${table}
     where id in (select ${column} from appointment.appointment where id = any($1::uuid[]))
     order by id for key share`,
  );
const keepings = [
  keep('appointment_type', 'type_id'),
  keep('practitioner', 'practitioner_id'),
  keep('room', 'room_id'),
];

const overlapping = (table: string) => `
  select from appointment.${table} as other
  where other.resource_id = patient_id and other.owner_id <> id and other.during && tstzrange(start_at, end_at)`;

const unsettled = new Statement<{ patientId: string }>(
  'following_unsettled',
  `select distinct patient_id as "patientId" from appointment.appointment
   where patient_conflict and status not in (${freeing.map((each) => `'${each}'`).join(', ')}) and override_reason is null and (
     not exists (
       select from appointment.override_claim where owner_id = id and resource_kind = 'patient')
     or not exists (${overlapping('override_claim')})
       and not exists (${overlapping('claim')} and (hold_expires_at is null or hold_expires_at > clock_timestamp())))
   limit ${unsettledAtOnce}`,
);

/** Whose appointments and series are, and whose they should be. */
@Injectable()
export class FollowingRepository {
  async waitForOthers(tx: Connection): Promise<void> {
    await oneAtATime.rows(tx);
  }

  /**
   * Keeps types, practitioners and rooms of appointments, in the order in which bookings do. Whoever changes an appointment
   * twice has PostgreSQL look whether these are still there, under the same lock: after patients, as nobody else takes it.
   */
  async keepWhatTheyName(tx: Connection, appointmentIds: readonly string[]): Promise<void> {
    if (appointmentIds.length === 0) return;
    await together(tx, () => answersOf(keepings.map((kept) => kept.rows(tx, appointmentIds))));
  }

  /** What names the wrong record of these patients, or of those merged into them: so many at the most. */
  straysOf(tx: Connection, patientIds: readonly string[], limit: number): Promise<Stray[]> {
    return straysOf.rows(tx, patientIds, limit);
  }

  /** The same of all patients. */
  anyStrays(tx: Connection, limit: number): Promise<Stray[]> {
    return anyStrays.rows(tx, limit);
  }

  /** The appointments of these patients that collide with others of theirs, kept so until the transaction ends. */
  async lockColliding(tx: Connection, patientIds: readonly string[]): Promise<AppointmentRow[]> {
    const { id, patientId, patientConflict, status } = appointmentTable;
    return (
      tx
        .select()
        .from(appointmentTable)
        // An earlier version of the service leaves the mark on what it cancels.
        .where(
          and(inArray(patientId, [...patientIds]), sql`${patientConflict}`, notInArray(status, [...freeing])),
        )
        .orderBy(asc(id))
        .for('update')
    );
  }

  /** Patients of appointments that are marked and collide with nothing, or don't occupy their patient. */
  async unsettled(connection: Connection): Promise<string[]> {
    return (await unsettled.rows(connection)).map(({ patientId }) => patientId);
  }

  async moveSeries(tx: Connection, { id, home, to }: Stray): Promise<void> {
    const homeId = home === to ? null : home;
    await tx.update(seriesTable).set({ patientId: to, homeId }).where(eq(seriesTable.id, id));
  }
}
