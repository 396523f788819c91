import { Injectable } from '@nestjs/common';
import { Statement, type Connection } from '#platform';
import { instantText, longestVisitMs, type Span } from '../booking/rules/index.ts';
import type { KeptFreedTime } from '../freed/freed-time.repository.ts';

/** Somebody who waits; instants in epoch milliseconds. */
export interface Candidate {
  id: string;
  patientId: string;
  typeId: string;
  practitionerId: string | null;
  earliest: number;
  latest: number;
  rank: number;
  /** RFC 3339. */
  createdAt: string;
}

/** The starts that are waited for of a type: from the earliest to the latest, both included. */
export interface Wanted extends Span {
  typeId: string;
}

/** A place in the order in which who waits is served. */
export type Place = Pick<Candidate, 'rank' | 'createdAt' | 'id'>;

const columns = `
  id, patient_id as "patientId", type_id as "typeId", practitioner_id as "practitionerId", rank,
  (extract(epoch from earliest_at) * 1000)::float8 as earliest,
  (extract(epoch from latest_at) * 1000)::float8 as latest,
  to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "createdAt"`;

// A practitioner's time is of use for what they offer, a room's for whatever needs one, a patient's to nobody else.
const wanted = new Statement<Wanted>(
  'waitlist_wanted',
  `select type_id as "typeId", (extract(epoch from min(earliest_at)) * 1000)::float8 as start,
     (extract(epoch from max(latest_at)) * 1000)::float8 as "end"
   from appointment.waitlist_entry
   where status = 'waiting' and latest_at >= now() and created_at <= $1
     and tstzrange(earliest_at, latest_at, '[]') && tstzrange($2, $3, '[]')
     and ($4::uuid[] is null or type_id = any ($4))
     and (num_nonnulls($5::uuid, $6::uuid, $7::uuid) = 0
       or (practitioner_id is null or practitioner_id = $5)
         and type_id = any ((select type_ids from appointment.practitioner where id = $5)::uuid[])
       or $6 is not null and type_id in (select id from appointment.appointment_type where needs_room))
   group by type_id`,
);

// Of each type the first in order are found by the index; of these the first of all are chosen.
const inOrder = new Statement<Candidate>(
  'waitlist_in_order',
  `select candidate.* from unnest($1::uuid[]) as asked (type_id)
   cross join lateral (
     select ${columns} from appointment.waitlist_entry
     where type_id = asked.type_id and status = 'waiting'
       and tstzrange(earliest_at, latest_at, '[]') && tstzrange($2, $3, '[]')
       and created_at <= $8
       and ($4::smallint is null or (rank, created_at, id) > ($4, $5::timestamptz, $6::uuid))
     order by rank, waitlist_entry.created_at, id
     limit $7) as candidate
   order by rank, "createdAt", id
   limit $7`,
);

const ofPatient = new Statement<Candidate>(
  'waitlist_of_patient',
  `select ${columns} from appointment.waitlist_entry
   where patient_id = $1 and status = 'waiting' and latest_at >= now()
   order by rank, waitlist_entry.created_at, id`,
);

/** Who waits, in the order in which they are served: urgent first, then who has waited longest. */
@Injectable()
export class CandidateRepository {
  /** What was waited for when a time was freed, and that the time could be. */
  wanted(
    connection: Connection,
    { practitionerId, roomId, patientId, typeIds, freedAt, during }: KeptFreedTime,
  ): Promise<Wanted[]> {
    // What begins before can reach into it.
    const first = instantText(Math.min(...during.map(({ start }) => start)) - longestVisitMs);
    const last = instantText(Math.max(...during.map(({ end }) => end)) + longestVisitMs);
    return wanted.rows(connection, freedAt, first, last, typeIds, practitionerId, roomId, patientId);
  }

  /** The next who waited by then for any of these types and for a start within the span, its end included. */
  inOrder(
    connection: Connection,
    typeIds: readonly string[],
    { start, end }: Span,
    by: string,
    after: Place | undefined,
    limit: number,
  ): Promise<Candidate[]> {
    const place = [after?.rank, after?.createdAt, after?.id];
    return inOrder.rows(connection, typeIds, instantText(start), instantText(end), ...place, limit, by);
  }

  ofPatient(connection: Connection, patientId: string): Promise<Candidate[]> {
    return ofPatient.rows(connection, patientId);
  }
}
