import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { sql } from 'drizzle-orm';
import pg from 'pg';
import { Database, type Connection } from '#platform';
import { savepoint } from '../../libs/platform/src/database/database.ts';
import { createDatabase, type TestDatabase } from '../harness/database.ts';
import { query } from '../harness/sql.ts';

let emptyDatabase: TestDatabase;
let database: Database;

beforeAll(async () => {
  emptyDatabase = await createDatabase();
  await query(emptyDatabase.superuserUrl, 'create table line (text text primary key)');
  database = new Database(openPool());
});
beforeEach(() => query(emptyDatabase.superuserUrl, 'truncate line'));
afterAll(async () => {
  await database.onApplicationShutdown();
  await emptyDatabase.drop();
});

/** One connection, which may be cut: by a test, or at the end by the drop of its database. */
function openPool(): pg.Pool {
  const pool = new pg.Pool({ connectionString: emptyDatabase.superuserUrl, pipeline: true, max: 1 });
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

async function write(tx: Connection, text: string): Promise<void> {
  await tx.execute(sql`insert into line values (${text})`);
}

async function lines(): Promise<string[]> {
  const rows = await query<{ text: string }>(
    emptyDatabase.superuserUrl,
    'select text from line order by text',
  );
  return rows.map(({ text }) => text);
}

it('keeps nothing of work that fails, and its connection goes on', async () => {
  const failing = database.transaction(async (tx) => {
    await write(tx, 'once');
    await write(tx, 'once');
  });
  await expect(failing).rejects.toMatchObject({ cause: { code: '23505' } });
  expect(await lines()).toEqual([]);
  await database.transaction((tx) => write(tx, 'later'));
  expect(await lines()).toEqual(['later']);
});

it('keeps the whole without a part that failed', async () => {
  await database.transaction(async (tx) => {
    await write(tx, 'of the whole');
    const part = savepoint(tx, async (inner) => {
      await write(inner, 'of the part');
      await write(inner, 'of the part');
    });
    await expect(part).rejects.toMatchObject({ cause: { code: '23505' } });
  });
  expect(await lines()).toEqual(['of the whole']);
});

it('replaces a connection that is cut in the midst of a transaction', async () => {
  const cut = database.transaction(async (tx) => {
    await write(tx, 'on the first');
    await tx.execute(sql`select pg_terminate_backend(pg_backend_pid())`);
  });
  await expect(cut).rejects.toThrow();
  await database.transaction((tx) => write(tx, 'on another'));
  expect(await lines()).toEqual(['on another']);
});

it('commits what is sent last with the rest, or nothing when it fails', async () => {
  const last = (tx: Connection, text: string) => tx.$client.query('insert into line values ($1)', [text]);
  const once = (text: string) =>
    database.transaction(async (tx) => {
      await write(tx, 'of the work');
      return text;
    }, last);
  await expect(once('of the work')).rejects.toMatchObject({ code: '23505' });
  expect(await lines()).toEqual([]);
  expect(await once('at the end')).toBe('at the end');
  expect(await lines()).toEqual(['at the end', 'of the work']);
});

it('sends the last with the commit, before it is answered', async () => {
  const pool = openPool();
  const seen: string[] = [];
  const watched = new Database(pool, (client) => {
    const query = client.query.bind(client) as (statement: string) => Promise<pg.QueryResult>;
    const watching = async (statement: string): Promise<pg.QueryResult> => {
      seen.push(statement);
      const result = await query(statement);
      seen.push(`${statement}: answered`);
      return result;
    };
    return Object.assign(Object.create(client) as typeof client, { query: watching });
  });
  await watched.transaction(
    () => Promise.resolve(),
    (tx) => tx.$client.query('select 1'),
  );
  await pool.end();
  expect(seen).toEqual([
    ...['begin', 'begin: answered', 'select 1', 'commit'],
    ...['select 1: answered', 'commit: answered'],
  ]);
});
