import { randomUUIDv7 } from 'node:crypto';
import type { Service } from '#catalogue';
import type { AccessAction, PurposeOfUse } from '#contracts';
import type { Connection } from '../database/database.ts';
import { Statement } from '../database/statement.ts';
import { columnsOfService } from './access-log.schema.ts';
import type { AccessEntry } from './patient-access.ts';

/** One patient's row of an entry, as it is read again. `seq` orders the rows; it is a whole number in text. */
export interface AccessRow {
  [column: string]: unknown;
  seq: string;
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
    // The transaction has its id before a row has its number: the sealer tells by that whether a number may still come.
    this.#insert = new Statement(
      `${name}_access_log_insert`,
      `with own as materialized (select pg_current_xact_id() as xact)
       insert into ${table} (${columnsOfService})
       select ${columnsOfService} from own cross join json_to_recordset($1) as entry (id uuid, request_id text, caller text,
         patient_token uuid, purpose text, action text, route text, record_id uuid, patient_ids uuid[], asked text, status smallint)
       cross join unnest(patient_ids) as patient_id
       where xact is not null`,
    );
    this.#about = new Statement(
      `${name}_access_log_about`,
      // Of each patient no more than a page, by the index; then the newest of those.
      `select seq, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, patient_id as "patientId", caller,
         patient_token as "patientToken", action, route, status, purpose, request_id as "requestId"
       from unnest($1::uuid[]) as patient (id) cross join lateral (
         select * from ${table} where patient_id = patient.id and seq < coalesce($2::bigint, 9223372036854775807)
         order by seq desc limit $3) as entry
       order by seq desc limit $3`,
    );
  }

  /** Any number of entries by one statement. */
  async insert(connection: Connection, entries: readonly AccessEntry[]): Promise<void> {
    if (entries.length > 0) await this.#insert.rows(connection, JSON.stringify(entries.map(columnsOf)));
  }

  /** What is logged about patients, newest first: a row of each whom an access was about. */
  async about(
    connection: Connection,
    patientIds: readonly string[],
    limit: number,
    before: string | undefined,
  ): Promise<AccessRow[]> {
    return this.#about.rows(connection, patientIds, before ?? null, limit);
  }
}

/** By the names of the columns; without patients there is one row that is about none. */
function columnsOf(entry: AccessEntry): object {
  const { requestId, caller, patientToken, purpose, action, route, recordId, patientIds, asked, status } =
    entry;
  return {
    id: randomUUIDv7(),
    request_id: requestId,
    caller,
    patient_token: patientToken,
    purpose,
    action,
    route,
    record_id: recordId,
    patient_ids: patientIds.length === 0 ? [null] : patientIds,
    asked,
    status,
  };
}
