import { randomUUIDv7 } from 'node:crypto';
import { services } from '#catalogue';
import type { Client, Reply } from './client.ts';
import type { TestDatabase } from './database.ts';
import { query } from './sql.ts';

/** One patient of an access, as the access log's view has it. */
export interface LoggedAccess {
  [column: string]: unknown;
  seq: string;
  /** Which access it is of those in its row. */
  access: string;
  caller: string;
  patient_token: string | null;
  purpose: string | null;
  action: string;
  route: string;
  record_id: string | null;
  patient_id: string | null;
  asked: string | null;
  status: number;
}

/** What the services logged of one request, in its order. */
export async function logged({ superuserUrl }: TestDatabase, requestId: string): Promise<LoggedAccess[]> {
  const rows = await Promise.all(
    services.map(({ name }) =>
      query<LoggedAccess>(
        superuserUrl,
        `select * from "${name}".access_log_entry where request_id = $1 order by seq, access`,
        [requestId],
      ),
    ),
  );
  return rows.flat();
}

/** @returns what sends a request that can be found in the log, and finds it there */
export function tracerOf(system: () => { readonly database: TestDatabase }) {
  return async (
    client: Client,
    method: string,
    path: string,
    body?: object,
    headers: Record<string, string> = {},
  ): Promise<{ reply: Reply; rows: LoggedAccess[] }> => {
    const requestId = randomUUIDv7();
    const reply = await client.send(method, path, body, { 'x-request-id': requestId, ...headers });
    return { reply, rows: await logged(system().database, requestId) };
  };
}
