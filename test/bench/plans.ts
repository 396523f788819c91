import type { Client } from '../harness/client.ts';
import type { ProcessSystem } from '../harness/processes.ts';
import { serverLog, withSettings } from './server-log.ts';

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
  const log = await withSettings(database.superuserUrl, 'patient', settings, async () => {
    await services.patient.stop();
    await services.patient.start();
    const before = serverLog().length;
    await work(direct.patient);
    return serverLog().slice(before);
  });
  return log
    .split(/^(?=\S.* LOG: )/m)
    .filter((entry) => entry.includes('Query Text') && entry.includes('patient.'));
}
