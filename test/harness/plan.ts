import { drizzle } from 'drizzle-orm/node-postgres';
import type pg from 'pg';
import type { Connection } from '#platform';

interface Sent {
  text: string;
  values: unknown[];
}

/** By which plan PostgreSQL carries out the first statement that `ask` sends, whatever its values are: as the services have it. */
export async function planOf(
  client: pg.Client,
  ask: (connection: Connection) => Promise<unknown>,
): Promise<string> {
  const sent: Sent[] = [];
  const query = client.query.bind(client);
  client.query = ((asked: Sent) => {
    sent.push(asked);
    return query(asked);
  }) as typeof client.query;
  try {
    await ask(drizzle({ client }));
  } finally {
    client.query = query;
  }
  const [{ text } = { text: '' }] = sent;
  const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain (generic_plan, costs off) ${text}`);
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}
