import { drizzle } from 'drizzle-orm/node-postgres';
import type pg from 'pg';
import type { Connection } from '#platform';

/** By which plan PostgreSQL carries out the first statement that `ask` sends, whatever its values are: as the services have it. */
export async function planOf(
  client: pg.Client,
  ask: (connection: Connection) => Promise<unknown>,
): Promise<string> {
  const sent: string[] = [];
  const query = client.query.bind(client) as (asked: { text: string }, ...rest: unknown[]) => unknown;
  client.query = ((asked: { text: string }, ...rest: unknown[]) => {
    sent.push(asked.text);
    return query(asked, ...rest);
  }) as typeof client.query;
  try {
    await ask(drizzle({ client }));
  } finally {
    client.query = query as typeof client.query;
  }
  const { rows } = await client.query<{ 'QUERY PLAN': string }>(
    `explain (generic_plan, costs off) ${sent[0] ?? ''}`,
  );
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}
