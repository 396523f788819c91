import { drizzle } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import type { Connection } from '#platform';
import { query } from './sql.ts';

/** By which plan PostgreSQL carries out the first statement that `ask` sends, whatever its values are: as the services have it. */
export async function planOf(
  url: string,
  ask: (connection: Connection) => Promise<unknown>,
): Promise<string> {
  const [text = ''] = await textsSent(url, ask);
  const rows = await query<{ 'QUERY PLAN': string }>(url, `explain (generic_plan, costs off) ${text}`);
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}

async function textsSent(url: string, ask: (connection: Connection) => Promise<unknown>): Promise<string[]> {
  const client = new pg.Client(url);
  await client.connect();
  const texts: string[] = [];
  const send = client.query.bind(client) as (asked: { text: string }, ...rest: unknown[]) => unknown;
  client.query = ((asked: { text: string }, ...rest: unknown[]) => {
    texts.push(asked.text);
    return send(asked, ...rest);
  }) as typeof client.query;
  try {
    await ask(drizzle({ client }));
    return texts;
  } finally {
    await client.end();
  }
}
