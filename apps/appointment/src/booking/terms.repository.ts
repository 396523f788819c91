import { Injectable } from '@nestjs/common';
import { Database, Gathered, Statement, type Connection, type RowLock } from '#platform';
import { knownColumns, latestOf, type Known } from '../patient/patient.repository.ts';
import type { PatientRow, TypeRow } from '../tables.ts';
import type { PractitionerRules, Schedule } from './rules/index.ts';

export interface TypeAndPractitioner {
  type: TypeRow;
  practitioner: PractitionerRules;
}

export interface BookableRoom {
  id: string;
  active: boolean;
}

/** What a booking names. */
export interface TermsKey {
  typeId: string;
  practitionerId: string;
  /** The room it must have, and the one it has. */
  roomId: string | undefined;
  presentRoomId: string | undefined;
  patientId: string | undefined;
}

/** What a booking names, as it is. */
export interface TermsFound {
  schedule: TypeAndPractitioner | undefined;
  rooms: BookableRoom[];
  patient: PatientRow | undefined;
}

interface ScheduleRow extends TypeRow, Schedule {
  practitionerId: string;
  practitionerActive: boolean;
  practitionerTypeIds: string[];
}

/** Null where there is no such type, practitioner or patient. */
interface TermsRow extends Omit<ScheduleRow, 'id' | 'practitionerId'>, Known {
  id: string | null;
  practitionerId: string | null;
  rooms: BookableRoom[];
}

const scheduleColumns = `
  type.id, type.name, type.minutes, type.buffer_before as "bufferBefore", type.buffer_after as "bufferAfter",
  type.needs_room as "needsRoom", type.slot_step as "slotStep", type.min_notice_minutes as "minNoticeMinutes",
  type.max_days_ahead as "maxDaysAhead", type.active, type.version,
  practitioner.id as "practitionerId", practitioner.active as "practitionerActive",
  practitioner.type_ids as "practitionerTypeIds",
  availability.time_zone as "timeZone", availability.weekly, availability.exceptions`;

/**
 * The room that is named; else all when the type needs one; else the present one, if any. Under a lock the inactive ones
 * too stay as they are, so that what is read after them is of the same moment.
 */
const roomsOf = (typeId: string, roomId: string, presentRoomId: string) => `
  from appointment.room where case
    when ${roomId} is not null then id = ${roomId}
    when (select needs_room from appointment.appointment_type where id = ${typeId}) then true
    else id = ${presentRoomId}
  end`;

const terms = new Statement<TermsRow>(
  'booking_terms',
  `select ${scheduleColumns},
     (select coalesce(json_agg(json_build_object('id', id, 'active', active) order by id), '[]')
      ${roomsOf('asked.type_id', 'asked.room_id', 'asked.present_room_id')}) as rooms,
     ${knownColumns('asked.patient_id')}
   from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[]) with ordinality
     as asked (type_id, practitioner_id, room_id, present_room_id, patient_id, place)
   left join appointment.appointment_type as type on type.id = asked.type_id
   left join appointment.practitioner on practitioner.id = asked.practitioner_id
   left join appointment.availability on availability.practitioner_id = practitioner.id
   left join appointment.patient on patient.id = asked.patient_id
   order by place`,
);

// The availability is locked against its change as well: a row that is only joined would be read as it was before the
// wait for the practitioner's lock.
const scheduleText = (lock: string) => `
  select ${scheduleColumns} from appointment.appointment_type as type
  join appointment.practitioner on practitioner.id = $2
  join appointment.availability on availability.practitioner_id = practitioner.id
  where type.id = $1
  for key share of type for ${lock} of practitioner for share of availability`;

/** Rules are read, or set aside. The type's only have to stay: nobody's time is the type's. */
export type RuleLock = Exclude<RowLock, 'no key update'>;

const lockSchedule = {
  'key share': new Statement<ScheduleRow>('booking_schedule_key_share', scheduleText('key share')),
  update: new Statement<ScheduleRow>('booking_schedule_update', scheduleText('update')),
};

const roomsText = `select id, active ${roomsOf('$1::uuid', '$2::uuid', '$3::uuid')} order by id for`;
const lockRooms = {
  'key share': new Statement<BookableRoom>('booking_rooms_key_share', `${roomsText} key share`),
  update: new Statement<BookableRoom>('booking_rooms_update', `${roomsText} update`),
};

/** What every booking goes by, read by few statements. */
@Injectable()
export class TermsRepository {
  readonly #terms: Gathered<TermsKey, TermsFound>;

  constructor({ reader }: Database) {
    this.#terms = new Gathered(reader, readTerms);
  }

  /** All at once, as it is. */
  read(connection: Connection, key: TermsKey): Promise<TermsFound> {
    return this.#terms.get(connection, key);
  }

  /** Undefined when there is no such type or practitioner. */
  async lockSchedule(
    tx: Connection,
    { typeId, practitionerId }: TermsKey,
    lock: RuleLock,
  ): Promise<TypeAndPractitioner | undefined> {
    const row = await lockSchedule[lock].row(tx, typeId, practitionerId);
    return row && toSchedule(row);
  }

  lockRooms(
    tx: Connection,
    { typeId, roomId, presentRoomId }: TermsKey,
    lock: RuleLock,
  ): Promise<BookableRoom[]> {
    return lockRooms[lock].rows(tx, typeId, roomId, presentRoomId);
  }
}

async function readTerms(connection: Connection, keys: readonly TermsKey[]): Promise<TermsFound[]> {
  const column = (name: keyof TermsKey) => keys.map((key) => key[name] ?? null);
  const rows = await terms.rows(
    connection,
    column('typeId'),
    column('practitionerId'),
    column('roomId'),
    column('presentRoomId'),
    column('patientId'),
  );
  return rows.map(({ rooms, kept, told, id, practitionerId, ...row }) => ({
    schedule: id === null || practitionerId === null ? undefined : toSchedule({ ...row, id, practitionerId }),
    rooms,
    patient: latestOf({ kept, told }),
  }));
}

function toSchedule({ timeZone, weekly, exceptions, ...row }: ScheduleRow): TypeAndPractitioner {
  const { practitionerId: id, practitionerActive: active, practitionerTypeIds: typeIds, ...type } = row;
  return { type, practitioner: { id, active, typeIds, schedule: { timeZone, weekly, exceptions } } };
}
