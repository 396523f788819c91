import { query } from '../harness/sql.ts';
import { leaksIn } from './scan.ts';

export interface Stored {
  /** `patient.patient.name` */
  readonly column: string;
  readonly value: string;
}

/** Where in the database canaries lie: every value of every column of every table of these schemas. */
export async function storedCanaries(url: string, schemas: readonly string[]): Promise<Stored[]> {
  const tables = await query<{ name: string }>(
    url,
    'select format($$%I.%I$$, schemaname, tablename) as name from pg_tables where schemaname = any($1)',
    [schemas],
  );
  const found: Stored[] = [];
  for (const { name } of tables)
    for (const { row } of await query<{ row: Record<string, unknown> }>(
      url,
      `select to_jsonb(t) as row from ${name} t`,
    ))
      for (const [column, value] of Object.entries(row))
        for (const leak of leaksIn(typeof value === 'string' ? value : JSON.stringify(value)))
          found.push({ column: `${name}.${column}`, value: leak.value });
  return found;
}
