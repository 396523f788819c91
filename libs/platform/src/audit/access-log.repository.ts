import type { Service } from '#catalogue';
import type { AccessAction, PurposeOfUse } from '#contracts';
import type { Connection } from '../database/database.ts';
import { Statement } from '../database/statement.ts';
import type { AccessEntry } from './patient-access.ts';

/** Orders what is logged: the row, a whole number in text, and which it is of all patients of the accesses in it. */
export interface AccessPlace {
  seq: string;
  place: number;
}

/** What is logged of an access about one of its patients, as it is read again. */
export interface AccessRow extends AccessPlace {
  [column: string]: unknown;
  at: string;
  patientId: string;
  caller: string;
  patientToken: string | null;
  action: AccessAction;
  route: string;
  status: number;
  purpose: PurposeOfUse | null;
  requestId: string;
}

/** The table `access_log` of the service's schema: rows go in and are read, and nothing else. */
export class AccessLogRepository {
  readonly #insert: Statement;
  readonly #about: Statement<AccessRow>;

  constructor({ name }: Service) {
    const table = `"${name}".access_log`;
    // The transaction has its id before the row has its number, as a condition without columns is looked at before a row is made:
    // the sealer tells by that whether a number may still come.
    this.#insert = new Statement(
      `${name}_access_log_insert`,
      `insert into ${table}_sheet (patient_ids, accesses) select $1, $2 where pg_current_xact_id() is not null`,
    );
    const newest = (condition: string) =>
      `select * from ${table} where ${condition} and seq <= coalesce($2::bigint, 9223372036854775807)`;
    // Of the rows that are about one of them the newest, found by the index (`offset 0`: never by going through the log). Of
    // the one that has the last place nothing may be left, so that it is one more. Of what a version before wrote, of each
    // patient no more than a page.
    this.#about = new Statement(
      `${name}_access_log_about`,
      `select seq, place, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, patient_id as "patientId", caller,
         patient_token as "patientToken", action, route, status, purpose, request_id as "requestId"
       from (
         select seq, (patients[1] + nth - 1)::integer as place, at, patient_id, caller, patient_token, action, route, status,
           purpose, request_id
         from (select seq, at, patient_ids, accesses from (${newest('patient_ids && $1::uuid[]')} offset 0) as log
           order by seq desc limit $4 + 1) as sheet
         cross join json_to_recordset(accesses) as access (request_id text, caller text, patient_token uuid, purpose text,
           action text, route text, patients int[], status smallint)
         cross join unnest(sheet.patient_ids[patients[1]:patients[2]]) with ordinality as person (patient_id, nth)
         where person.patient_id = any ($1)
         union all
         select seq, 1, at, patient_id, caller, patient_token, action, route, status, purpose, request_id
         from unnest($1::uuid[]) as patient (id)
         cross join lateral (${newest('patient_id = patient.id')} order by seq desc limit $4 + 1) as log
       ) as entry
       where $2 is null or (seq, place) < ($2, $3::integer)
       order by seq desc, place desc limit $4`,
    );
  }

  /** Any number of entries by one row. */
  async insert(connection: Connection, entries: readonly AccessEntry[]): Promise<void> {
    if (entries.length === 0) return;
    let last = 0;
    const accesses = entries.map((entry) => {
      const first = last + 1;
      last += entry.patientIds.length;
      return columnsOf(entry, first, last);
    });
    // As PostgreSQL writes an array of ids, none of which needs quotes.
    const patientIds = `{${entries.flatMap((entry) => entry.patientIds).join()}}`;
    await this.#insert.rows(connection, patientIds, JSON.stringify(accesses));
  }

  /**
   * What is logged about patients, newest first: of an access a row of each whom it was about.
   * @param before the last place that is known already
   */
  async about(
    connection: Connection,
    patientIds: readonly string[],
    limit: number,
    before?: AccessPlace,
  ): Promise<AccessRow[]> {
    return this.#about.rows(connection, patientIds, before?.seq ?? null, before?.place ?? null, limit);
  }
}

/** By the names of the columns, and with the places of its patients among all of the row. */
function columnsOf(entry: AccessEntry, first: number, last: number): object {
  const { requestId, caller, patientToken, purpose, action, route, recordId, asked, status } = entry;
  return {
    request_id: requestId,
    caller,
    patient_token: patientToken,
    purpose,
    action,
    route,
    record_id: recordId,
    asked,
    status,
    patients: first <= last ? [first, last] : [],
  };
}
