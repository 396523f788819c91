import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { createMigratedDatabase, type TestDatabase } from '../harness/database.ts';

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'operations.md'), 'utf8');
const statements = [...page.matchAll(/\bsql "([^"$]+)"/g)].map(([, statement = '']) => statement);

let database: TestDatabase;
let owner: pg.Client;

beforeAll(async () => {
  database = await createMigratedDatabase();
  const url = new URL(database.superuserUrl);
  url.username = database.ownerEnvironment.DATABASE_OWNER_USER ?? '';
  url.password = database.ownerEnvironment.DATABASE_OWNER_PASSWORD ?? '';
  owner = new pg.Client(url.href);
  await owner.connect();
  // Each finds what those before it left, and nothing stays.
  await owner.query('begin');
});
afterAll(async () => {
  await owner.query('rollback');
  await owner.end();
  await database.drop();
});

describe('the SQL of the runbook', () => {
  it('is all run by the function that reaches the database', () => {
    expect(statements.length).toBeGreaterThan(5);
    expect(page).not.toMatch(/(`|```sql\n)(select|insert|update|delete|alter|drop|set)\b/i);
  });

  it.each(statements)(
    'is one statement that the owner may run, with an answer as the Data API gives it: %s',
    async (text) => {
      const known = text
        .replaceAll("'ID'", "'0199f0a0-0000-7000-8000-000000000000'")
        .replaceAll('POSITION', '1');
      // By its name it is prepared, and nothing is prepared but one statement.
      const { fields } = await owner.query({ name: known.slice(0, 60), text: known });
      const types = fields.map(({ dataTypeID }) => dataTypeID);
      const lists = await owner.query<{ typname: string }>({
        text: "select typname from pg_type where oid = any($1::oid[]) and (typcategory = 'A' or typname in ('json', 'uuid', 'xid'))",
        values: [types],
      });
      expect(lists.rows).toEqual([]);
    },
  );
});
