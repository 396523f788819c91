import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Client, Reply } from './client.ts';
import type { Resource } from './clinic.ts';
import { query } from './sql.ts';
import type { TestDatabase } from './database.ts';

const settledWithinMs = 30_000;

export interface Merge extends Resource {
  survivorId: string;
  duplicateId: string;
  undone?: object;
}

export function merge(staff: Client, survivorId: string, duplicateId: string): Promise<Reply<Merge>> {
  return staff.post<Merge>('/patients/merges', { survivorId, duplicateId, reason: 'The same person' });
}

export function undo(staff: Client, mergeId: string): Promise<Reply<Merge>> {
  return staff.post<Merge>(`/patients/merges/${mergeId}/undo`, {});
}

/** Waits until the book has heard all that the register had to tell. */
export async function queuesAreEmpty(
  { superuserUrl }: TestDatabase,
  withinMs = settledWithinMs,
): Promise<void> {
  const pending = `select count(*)::int from jobs.job
    where name in ('patient-changed', 'patients-wanted') and state in ('created', 'retry', 'active')`;
  const deadline = Date.now() + withinMs;
  for (;;) {
    const [row] = await query<{ count: number }>(superuserUrl, pending);
    if (row?.count === 0) return;
    if (Date.now() > deadline) throw new Error(`${row?.count ?? '?'} jobs are still pending`);
    await sleep(50);
  }
}

/** What the book and the register know differently, a line each. */
export async function disagreements({ superuserUrl }: TestDatabase): Promise<string[]> {
  const client = new pg.Client(superuserUrl);
  await client.connect();
  try {
    return await disagreementsSeenBy(client);
  } finally {
    await client.end();
  }
}

const state = (table: string) => `select id, active, replaced_by, version from ${table}.patient`;
const different = `
  select 'register ' || row(known.*)::text as line from (${state('patient')} except ${state('appointment')}) as known
  union all
  select 'book ' || row(known.*)::text from (${state('appointment')} except ${state('patient')}) as known`;

/** The same as a superuser's client sees it. */
export async function disagreementsSeenBy(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ line: string }>(different);
  return rows.map(({ line }) => line);
}
