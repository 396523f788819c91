import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core';
import { services } from '#catalogue';
import * as appointmentTables from '../../apps/appointment/src/tables.ts';
import { mergeTable } from '../../apps/patient/src/merge/merge.table.ts';
import { patientTable } from '../../apps/patient/src/patient/patient.table.ts';
import { createMigratedDatabase, type TestDatabase } from '../harness/database.ts';
import { query } from '../harness/sql.ts';

interface Column {
  name: string;
  type: string;
  required: boolean;
  filled: boolean;
}

let database: TestDatabase;

beforeAll(async () => {
  database = await createMigratedDatabase();
});
afterAll(() => database.drop());

const tables = [mergeTable, patientTable, ...Object.values(appointmentTables)]
  .filter((table) => table instanceof PgTable)
  .map((table) => getTableConfig(table));

function columnsOf(schema: string, table: string): Promise<Column[]> {
  return query<Column>(
    database.superuserUrl,
    `select attname as name, format_type(atttypid, null) as type, attnotnull as required, atthasdef as filled
     from pg_attribute where attrelid = format('%I.%I', $1::text, $2::text)::regclass and attnum > 0 and not attisdropped`,
    [schema, table],
  );
}

describe.each(
  tables.map(({ schema = '', name, columns }) => ({
    name: `${schema}.${name}`,
    schema,
    table: name,
    columns,
  })),
)('the table $name', ({ schema, table, columns }) => {
  it('has every column the code knows, of the same type and as empty as it may be there', async () => {
    const migrated = new Map((await columnsOf(schema, table)).map((column) => [column.name, column]));
    const known = columns.map((column) => ({
      name: column.name,
      type: column.getSQLType().replace(/^timestamptz$/, 'timestamp with time zone'),
      required: column.notNull,
    }));
    expect(
      known.map(({ name }) => {
        const { type, required } = migrated.get(name) ?? {};
        return { name, type, required };
      }),
    ).toEqual(known);
  });

  it('has no column that the code would leave empty and the database would not', async () => {
    const known = new Set(columns.map(({ name }) => name));
    const unknown = (await columnsOf(schema, table)).filter(({ name }) => !known.has(name));
    expect(unknown.filter(({ required, filled }) => required && !filled)).toEqual([]);
  });
});

describe.each(services.map(({ name }) => name))('the role of the %s service', (service) => {
  const others = services.map(({ name }) => name).filter((name) => name !== service);
  const own = service === 'patient' ? 'patient.patient' : 'appointment.appointment';

  /** The SQLSTATE a statement of the service's own role ends with. */
  async function refusal(statement: string): Promise<unknown> {
    try {
      await query(database.urlOf(service), statement);
      return undefined;
    } catch (error) {
      return (error as { code?: unknown }).code;
    }
  }
  const insufficientPrivilege = '42501';

  it('has no right over the cluster and belongs to no other role', async () => {
    const [role] = await query(
      database.superuserUrl,
      `select rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls,
         (select count(*) from pg_auth_members where member = pg_roles.oid)::int as memberships,
         (select count(*) from pg_class where relowner = pg_roles.oid)::int as owned
       from pg_roles where rolname = $1`,
      [service],
    );
    expect(role).toEqual({
      rolsuper: false,
      rolcreatedb: false,
      rolcreaterole: false,
      rolreplication: false,
      rolbypassrls: false,
      memberships: 0,
      owned: 0,
    });
  });

  it('reads its own tables', async () => {
    expect(await refusal(`select from ${own}`)).toBeUndefined();
  });

  it.each(others)('reads nothing of the %s service', async (other) => {
    const theirs = await query<{ name: string }>(
      database.superuserUrl,
      `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = $1`,
      [other],
    );
    expect(theirs).not.toEqual([]);
    for (const { name } of theirs)
      expect([name, await refusal(`select from ${name}`)]).toEqual([name, insufficientPrivilege]);
  });

  it.each([
    `create table ${service}.mine (id int)`,
    'create table public.mine (id int)',
    'create table jobs.mine (id int)',
    'create schema mine',
    `alter table ${own} add column mine int`,
    `drop table ${own}`,
    `truncate ${own}`,
    `delete from ${own}`,
    `insert into ${service}.migration (name, checksum) values ('a', 'b')`,
    `delete from ${service}.migration`,
    'create role mine',
    'set role clinic_owner',
  ])('may not %s', async (statement) => {
    expect(await refusal(statement)).toBe(insufficientPrivilege);
  });
});
