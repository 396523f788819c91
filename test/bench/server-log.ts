import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { query } from '../harness/sql.ts';

/** What the server of the run has written so far. */
export function serverLog(): string {
  return readFileSync(join(process.env.TEST_DIRECTORY ?? '', 'postgres', 'postgres.log'), 'utf8');
}

/** Runs work while the connections that a role opens have these settings. */
export async function withSettings<T>(
  superuserUrl: string,
  role: string,
  settings: Readonly<Record<string, string>>,
  work: () => Promise<T>,
): Promise<T> {
  for (const [name, value] of Object.entries(settings))
    await query(superuserUrl, `alter role ${role} set ${name} = '${value}'`);
  const result = await work();
  for (const name of Object.keys(settings)) await query(superuserUrl, `alter role ${role} reset ${name}`);
  return result;
}
