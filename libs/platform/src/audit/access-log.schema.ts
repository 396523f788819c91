import type pg from 'pg';
import { changeTables, isThere } from '../database/patience.ts';

/** What the versions before say of an access, a row for each patient; they may run beside this one. */
const columnsBefore =
  'id, request_id, caller, patient_token, purpose, action, route, record_id, patient_id, asked, status';

/** Each year has a part of its own, which the owner detaches when it need not be kept any longer. */
const [firstYear, lastYear] = [2026, 2056];

/**
 * Makes the tables of the access log in a service's schema unless they are there, as the owner of the database. The
 * service itself adds to them and reads them, and no more. Which number a row has, and when it was written, it can't say: by
 * these the rows are sealed and let go.
 */
export async function ensureAccessLog(client: pg.Client, schema: string, role: string): Promise<void> {
  const log = `${client.escapeIdentifier(schema)}.access_log`;
  if (!(await isThere(client, `${log}_seal`))) await client.query(tables(log));
  if (!(await isThere(client, `${log}_sheet`))) await changeTables(client, () => client.query(sheets(log)));
  await dropOldCheck(client, log);
  // Anew each time, so that what an earlier version granted is taken back.
  const service = client.escapeIdentifier(role);
  await client.query(`
    begin;
    revoke all on ${log}, ${log}_sheet, ${log}_seal from ${service};
    grant select, insert (${columnsBefore}) on ${log} to ${service};
    grant insert on ${log}_sheet to ${service};
    grant select, insert on ${log}_seal to ${service};
    grant select on sequence ${log}_seq_seq to ${service};
    commit`);
}

/** The first version checked the actions, and would refuse one that came later. */
async function dropOldCheck(client: pg.Client, log: string): Promise<void> {
  const name = 'access_log_action_check';
  const { rowCount } = await client.query(
    'select 1 from pg_constraint where conrelid = $1::regclass and conname = $2',
    [log, name],
  );
  if (rowCount === 1)
    await changeTables(client, () => client.query(`alter table ${log} drop constraint ${name}`));
}

/** The log as its first version had it: a row for each patient of each access; the id is the same on those of one. */
function tables(log: string): string {
  return `
    begin;
    create table ${log} (
      seq bigint generated always as identity,
      id uuid not null,
      at timestamptz(3) not null default clock_timestamp(),
      request_id text not null,
      caller text not null,
      patient_token uuid,
      purpose text,
      action text not null,
      route text not null,
      record_id uuid,
      patient_id uuid,
      asked text,
      status smallint not null,
      primary key (seq, at)
    ) partition by range (at);
    create index on ${log} (patient_id, seq) where patient_id is not null;
    ${years(log)}
    create table ${log}_default partition of ${log} default;
    create table ${log}_seal (
      position bigint primary key,
      seq bigint not null,
      hash bytea not null
    );
    commit`;
}

function years(log: string): string {
  const each = Array.from({ length: lastYear - firstYear + 1 }, (_, index) => firstYear + index);
  const parts = each.map(
    (year) =>
      `create table ${log}_${year} partition of ${log}
         for values from ('${year}-01-01T00:00Z') to ('${year + 1}-01-01T00:00Z');`,
  );
  return parts.join('\n');
}

/**
 * A row, since then, for all accesses that are written at once: `accesses` tells each by the columns of before, and by which
 * of the `patient_ids` it was about (`patients`, the first and the last place; none, if it was about nobody). It goes in by a
 * view, on which the service has rights that the migration of a version before doesn't take away. Such a version would seal
 * rows without what they say: that a seal has a form keeps it from it.
 */
function sheets(log: string): string {
  return `
    alter table ${log} add patient_ids uuid[], add accesses json, alter id drop not null, alter request_id drop not null,
      alter caller drop not null, alter action drop not null, alter route drop not null, alter status drop not null,
      add constraint access_log_form check (case when id is null
        then accesses is not null and json_typeof(accesses) = 'array' and patient_ids is not null
          and num_nonnulls(request_id, caller, patient_token, purpose, action, route, record_id, patient_id, asked, status) = 0
        else num_nulls(request_id, caller, action, route, status) = 0 and num_nonnulls(patient_ids, accesses) = 0 end) not valid;
    create index on ${log} using gin (patient_ids) with (fastupdate = off) where patient_ids is not null;
    alter table ${log}_seal add form smallint, add constraint access_log_seal_form check (form is not null) not valid;
    create view ${log}_sheet as select patient_ids, accesses from ${log};
    create view ${log}_entry as
      select seq, access, at, request_id, caller, patient_token, purpose, action, route, record_id, patient_id, asked, status,
        patient_ids
      from (select seq, at, patient_ids, accesses from ${log} where patient_ids is not null) as sheet
      cross join rows from (json_to_recordset(accesses) as (request_id text, caller text, patient_token uuid, purpose text,
        action text, route text, record_id uuid, patients int[], asked text, status smallint)) with ordinality
        as each (request_id, caller, patient_token, purpose, action, route, record_id, patients, asked, status, access)
      left join unnest(patient_ids[patients[1]:patients[2]]) as patient_id on true
      union all
      select seq, 1, at, request_id, caller, patient_token, purpose, action, route, record_id, patient_id, asked, status,
        array[patient_id]
      from ${log} where patient_ids is null`;
}
