import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { services } from '#catalogue';
import { createMigratedDatabase, type TestDatabase } from '../harness/database.ts';
import { query } from '../harness/sql.ts';
import { inventory } from './inventory.ts';

let database: TestDatabase;
/** By table the columns that there are. */
let tables: Map<string, string[]>;

beforeAll(async () => {
  database = await createMigratedDatabase();
  const rows = await query<{ name: string; columns: string[] }>(
    database.superuserUrl,
    // A part of a table, such as a year of the access log, is no table of its own.
    `select table_schema || '.' || table_name as name, array_agg(column_name::text) as columns
     from information_schema.columns join pg_class on oid = format('%I.%I', table_schema, table_name)::regclass
     where table_schema = any($1) and not relispartition group by 1`,
    [services.map(({ name }) => name)],
  );
  tables = new Map(rows.map(({ name, columns }) => [name, columns]));
});
afterAll(() => database.drop());

it('the data inventory (docs/security.md) has every table of every service', () => {
  const listed = inventory();
  expect(tables.size).toBeGreaterThan(20);
  expect([...tables.keys()].filter((table) => !listed.has(table)).sort()).toEqual([]);
});

it('and names no table and no column that is not there', () => {
  const schemas = services.map(({ name }) => name);
  const isOurs = (table: string) => schemas.some((schema) => table.startsWith(`${schema}.`));
  expect([...inventory().keys()].filter((table) => isOurs(table) && !tables.has(table))).toEqual([]);
  const gone = [...inventory()].flatMap(([table, columns]) =>
    columns
      .filter((column) => tables.get(table)?.includes(column) === false)
      .map((column) => `${table}.${column}`),
  );
  expect(gone).toEqual([]);
});
