import type pg from 'pg';

/**
 * What a service says of an access. Which number a row has, and when it was written, it can't say: by these the rows are
 * sealed and let go.
 */
export const columnsOfService =
  'id, request_id, caller, patient_token, purpose, action, route, record_id, patient_id, asked, status';

/** Each year has a part of its own, which the owner detaches when it need not be kept any longer. */
const [firstYear, lastYear] = [2026, 2056];

/**
 * Makes the tables of the access log in a service's schema unless they are there, as the owner of the database. The
 * service itself adds to them and reads them, and no more.
 */
export async function ensureAccessLog(client: pg.Client, schema: string, role: string): Promise<void> {
  const log = `${client.escapeIdentifier(schema)}.access_log`;
  await ensureTables(client, log);
  // Anew each time, so that what an earlier version granted is taken back.
  const service = client.escapeIdentifier(role);
  await client.query(`
    begin;
    revoke all on ${log}, ${log}_seal from ${service};
    grant select, insert (${columnsOfService}) on ${log} to ${service};
    grant select, insert on ${log}_seal to ${service};
    grant select on sequence ${log}_seq_seq to ${service};
    commit`);
}

async function ensureTables(client: pg.Client, log: string): Promise<void> {
  const { rows } = await client.query<{ isThere: boolean }>(
    `select to_regclass($1) is not null as "isThere"`,
    [`${log}_seal`],
  );
  if (rows[0]?.isThere) await dropOldCheck(client, log);
  else await createTables(client, log);
}

/** The first version checked the actions, and would refuse one that came later. */
async function dropOldCheck(client: pg.Client, log: string): Promise<void> {
  const name = 'access_log_action_check';
  const { rowCount } = await client.query(
    'select 1 from pg_constraint where conrelid = $1::regclass and conname = $2',
    [log, name],
  );
  // Not even to find it gone is the table locked, which others write to.
  if (rowCount === 0) return;
  await client.query(`alter table ${log} drop constraint ${name}`);
}

async function createTables(client: pg.Client, log: string): Promise<void> {
  await client.query(`
    begin;
    create table ${log} (
      seq bigint generated always as identity,
      -- The same on the rows of one access, of which there is one for each patient that it was about.
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
    commit`);
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
