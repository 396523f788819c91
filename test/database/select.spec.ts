import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { asc, gt, is, sql, Table } from 'drizzle-orm';
import {
  boolean,
  date,
  getTableConfig,
  integer,
  jsonb,
  pgTable,
  smallint,
  text,
  uuid,
  type PgTable,
} from 'drizzle-orm/pg-core';
import pg from 'pg';
import { Database, instant, Select } from '#platform';
import * as appointmentTables from '../../apps/appointment/src/tables.ts';
import { mergeTable } from '../../apps/patient/src/merge/merge.table.ts';
import { patientTable } from '../../apps/patient/src/patient/patient.table.ts';
import { createDatabase, type TestDatabase } from '../harness/database.ts';
import { query } from '../harness/sql.ts';

const thing = pgTable('thing', {
  number: integer().primaryKey(),
  id: uuid(),
  label: text(),
  small: smallint(),
  isThere: boolean('is_there'),
  day: date(),
  moment: instant(),
  json: jsonb(),
  others: uuid().array(),
  words: text().array(),
});
const [id, other] = ['01890a5d-ac96-774b-bcce-b302099a8057', '01890a5d-ac96-774b-bcce-b302099a8058'];

let emptyDatabase: TestDatabase;
let database: Database;

beforeAll(async () => {
  emptyDatabase = await createDatabase();
  await query(
    emptyDatabase.superuserUrl,
    `create table thing (number integer primary key, id uuid, label text, small smallint, is_there boolean, day date,
       moment timestamptz, json jsonb, others uuid[], words text[]);
     insert into thing (number) values (1);
     insert into thing values (2, '${id}', 'it''s "so"', -3, true, '2026-12-01', '2026-12-01T09:30:00.25Z',
       '{"a": [1, null, {"b": "2026-12-01T09:30:00Z"}]}', '{${id},${other}}', '{"a,b","\\"c\\"",NULL}');
     insert into thing values (3, '${other}', '', 0, false, '0001-01-01', '1900-01-01T00:00:00Z', '"text"', '{}', '{}')`,
  );
  const connectionString = emptyDatabase.superuserUrl;
  const pool = new pg.Pool({ connectionString, max: 1, options: '-c timezone=UTC' });
  pool.on('error', () => undefined);
  database = new Database(pool);
});
afterAll(async () => {
  await database.onApplicationShutdown();
  await emptyDatabase.drop();
});

it('reads every kind of column as drizzle does', async () => {
  const select = new Select('things', thing, (select) => select.orderBy(asc(thing.number)));
  const rows = await select.rows(database.reader, {});
  expect(rows).toStrictEqual(await database.reader.select().from(thing).orderBy(asc(thing.number)));
  expect(rows[0]).toMatchObject({ number: 1, id: null, moment: null, json: null, others: null });
  expect(rows[1]).toMatchObject({
    day: '2026-12-01',
    moment: '2026-12-01T09:30:00.25Z',
    others: [id, other],
  });
});

it('leaves out no kind of column that a service has', () => {
  const kinds = (table: PgTable) => getTableConfig(table).columns.map((column) => column.getSQLType());
  const tables = [...Object.values(appointmentTables), mergeTable, patientTable].filter((table) =>
    is(table, Table),
  );
  expect(tables.length).toBeGreaterThan(10);
  for (const table of tables) expect(kinds(thing)).toEqual(expect.arrayContaining(kinds(table)));
});

it('takes what differs from call to call by its name, in a transaction too', async () => {
  const select = new Select('later_things', thing, (select) =>
    select.where(gt(thing.number, sql.placeholder('least'))).orderBy(asc(thing.number)),
  );
  const numbers = async (least: number) =>
    (await select.rows(database.reader, { least, more: 'is left out' })).map(({ number }) => number);
  expect([await numbers(0), await numbers(2), await numbers(3)]).toEqual([[1, 2, 3], [3], []]);
  await database.transaction(async (tx) => {
    await tx.delete(thing).where(gt(thing.number, 2));
    expect(await select.rows(tx, { least: 1 })).toMatchObject([{ number: 2 }]);
  });
  await expect(select.rows(database.reader, {})).rejects.toThrow('"least"');
});
