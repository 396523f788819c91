import { randomUUIDv7 } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { answersOf, Statement, together, type Connection } from '#platform';
import { instantText, type Span } from '../booking/rules/index.ts';
import type { FreedTime } from './freed-time.ts';

/** A batch that one new freed time clears away, so that they never become many. */
const forgottenAtOnce = 20;

/** A time for which nobody was asked for so long has no job any more, or one of an earlier version of the service. */
const longestAskingMinutes = 10;

/** No transaction that frees time lasts so long. */
const longestFreeingSeconds = 60;

/** A freed time as it is kept. */
export interface KeptFreedTime extends FreedTime {
  id: string;
  /** RFC 3339, by the database's clock. */
  freedAt: string;
}

interface FreedRow {
  id: string;
  freedAt: string;
  practitionerId: string | null;
  roomId: string | null;
  patientId: string | null;
  typeIds: string[] | null;
  during: Span[];
}

// Who enters waits for whoever is just freeing time, and the other way round: each knows of the other. Any number will do.
const lockFreeing = new Statement('freed_time_lock', 'select pg_advisory_xact_lock_shared(7421003)');
const lockEntering = new Statement('freed_time_lock_entering', 'select pg_advisory_xact_lock(7421003)');

// Where nobody waits nothing is kept: who comes to wait later looks at what is free first.
const keep = new Statement<{ id: string }>(
  'freed_time_keep',
  `with old as (
     delete from appointment.freed_time where id in (
       select id from appointment.freed_time where until_at < now()
       order by until_at limit ${forgottenAtOnce} for update skip locked))
   insert into appointment.freed_time (id, practitioner_id, room_id, patient_id, type_ids, during, until_at, freed_at)
   select id, practitioner_id, room_id, patient_id, type_ids, during, upper(during),
     date_trunc('milliseconds', clock_timestamp())
   from json_to_recordset($1) as row (id uuid, practitioner_id uuid, room_id uuid, patient_id uuid, type_ids uuid[],
     during tstzmultirange)
   where exists (select from appointment.waitlist_entry where status in ('waiting', 'offered') and latest_at >= now())
   returning id`,
);

const columns = `
  id, to_char(freed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "freedAt",
  practitioner_id as "practitionerId", room_id as "roomId", patient_id as "patientId", type_ids as "typeIds",
  (select json_agg(json_build_object('start', (extract(epoch from lower(span)) * 1000)::float8,
     'end', (extract(epoch from upper(span)) * 1000)::float8) order by lower(span)) from unnest(during) as span) as during`;

const find = new Statement<FreedRow>(
  'freed_time_find',
  `select ${columns} from appointment.freed_time where id = $1`,
);

const since = new Statement<FreedRow>(
  'freed_time_since',
  `select ${columns} from appointment.freed_time
   where freed_at >= $1 and until_at > now()
     and (asked_at is not null or freed_at < now() - interval '${longestAskingMinutes} minutes') and during && tstzrange($2, $3, '[]')
     and (practitioner_id is null or room_id is not null or $4::uuid is null or practitioner_id = $4)
     and (type_ids is null or $5 = any (type_ids))
     and (practitioner_id is not null or room_id is not null or patient_id is null)
   order by freed_at, id`,
);

const markAsked = new Statement(
  'freed_time_mark_asked',
  'update appointment.freed_time set asked_at = now() where id = $1 and asked_at is null',
);

const anybodySince = new Statement<{ exists: boolean }>(
  'freed_time_anybody_since',
  `select exists (
     select from appointment.freed_time join appointment.waitlist_entry using (patient_id)
     where freed_time.id <> $1 and freed_at >= $2::timestamptz - interval '${longestFreeingSeconds} seconds'
       and status = 'waiting')`,
);

const roomsSince = new Statement<{ roomId: string; during: Span[] }>(
  'freed_time_rooms_since',
  `select ${columns} from appointment.freed_time
   where freed_at >= $1 and room_id is not null and during && $2::tstzmultirange`,
);

const furthest = new Statement<{ latest: number | null }>(
  'freed_time_furthest',
  `select (extract(epoch from max(latest_at)) * 1000)::float8 as latest from appointment.waitlist_entry
   where status in ('waiting', 'offered')`,
);

@Injectable()
export class FreedTimeRepository {
  /**
   * Keeps freed times while somebody waits, and clears away what has passed.
   * @returns the ids of those kept
   */
  async keep(tx: Connection, times: readonly FreedTime[]): Promise<string[]> {
    const rows = times.map(({ practitionerId, roomId, patientId, typeIds, during }) => ({
      id: randomUUIDv7(),
      practitioner_id: practitionerId,
      room_id: roomId,
      patient_id: patientId,
      type_ids: typeIds,
      during: multirange(during),
    }));
    const [, kept] = await together(tx, () =>
      answersOf([lockFreeing.rows(tx), keep.rows(tx, JSON.stringify(rows))]),
    );
    return kept.map(({ id }) => id);
  }

  /** To be called last before somebody comes to wait: all that was freed until then is committed. */
  async lockEntering(tx: Connection): Promise<void> {
    await lockEntering.rows(tx);
  }

  async find(connection: Connection, id: string): Promise<KeptFreedTime | undefined> {
    const row = await find.row(connection, id);
    return row && toFreedTime(row);
  }

  /** Notes that everybody in line for a freed time has been asked. */
  async markAsked(connection: Connection, id: string): Promise<void> {
    await markAsked.rows(connection, id);
  }

  /** Whether anybody waits who had time of their own freed since a time was, or just before. */
  async hasAnybodySince(connection: Connection, { id, freedAt }: KeptFreedTime): Promise<boolean> {
    return (await anybodySince.row(connection, id, freedAt))?.exists ?? false;
  }

  /**
   * What was freed since an instant, is not still being asked for, and could be of use to an entry of the waitlist, in the
   * order it was freed.
   */
  async since(
    connection: Connection,
    instant: string,
    within: { earliest: string; latest: string },
    { practitionerId, typeId }: { practitionerId: string | null; typeId: string },
  ): Promise<KeptFreedTime[]> {
    const rows = await since.rows(
      connection,
      instant,
      within.earliest,
      within.latest,
      practitionerId,
      typeId,
    );
    return rows.map(toFreedTime);
  }

  /** When rooms were freed since an instant, of all that was freed then and overlaps any of the spans. */
  async roomsSince(
    connection: Connection,
    instant: string,
    during: readonly Span[],
  ): Promise<Map<string, Span[]>> {
    const rows = await roomsSince.rows(connection, instant, multirange(during));
    const byRoom = Map.groupBy(rows, ({ roomId }) => roomId);
    return new Map([...byRoom].map(([roomId, freed]) => [roomId, freed.flatMap((each) => each.during)]));
  }

  /**
   * The latest start that anybody waits for, epoch milliseconds; undefined when nobody waits. Until the transaction ends
   * nobody comes to wait.
   */
  async furthest(tx: Connection): Promise<number | undefined> {
    const [, row] = await together(tx, () => answersOf([lockFreeing.rows(tx), furthest.row(tx)]));
    return row?.latest ?? undefined;
  }
}

function multirange(spans: readonly Span[]): string {
  return `{${spans.map(({ start, end }) => `[${instantText(start)},${instantText(end)})`).join(',')}}`;
}

function toFreedTime({ practitionerId, roomId, patientId, typeIds, ...row }: FreedRow): KeptFreedTime {
  return {
    ...row,
    practitionerId: practitionerId ?? undefined,
    roomId: roomId ?? undefined,
    patientId: patientId ?? undefined,
    typeIds: typeIds ?? undefined,
  };
}
