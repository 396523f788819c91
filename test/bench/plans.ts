import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '../harness/client.ts';
import type { ProcessSystem } from '../harness/processes.ts';
import { query } from '../harness/sql.ts';

/** The plans by which PostgreSQL carried out what the patient service asked for, functions and triggers included. */
export async function plansOf(
  { database, services, direct }: ProcessSystem,
  work: (patient: Client) => Promise<void>,
): Promise<string[]> {
  const settings = {
    session_preload_libraries: 'auto_explain',
    'auto_explain.log_min_duration': '0',
    'auto_explain.log_analyze': 'on',
    'auto_explain.log_buffers': 'on',
    'auto_explain.log_nested_statements': 'on',
  };
  for (const [name, value] of Object.entries(settings))
    await query(database.superuserUrl, `alter role patient set ${name} = '${value}'`);
  await services.patient.stop();
  await services.patient.start();
  const before = log().length;
  await work(direct.patient);
  for (const name of Object.keys(settings))
    await query(database.superuserUrl, `alter role patient reset ${name}`);
  return log()
    .slice(before)
    .split(/^(?=\S.* LOG: )/m)
    .filter((entry) => entry.includes('Query Text') && entry.includes('patient.'));
}

/** What the server of the run has written. */
function log(): string {
  return readFileSync(join(process.env.TEST_DIRECTORY ?? '', 'postgres', 'postgres.log'), 'utf8');
}
