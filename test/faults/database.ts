import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { ServiceName } from '#catalogue';
import type { TestDatabase } from '../harness/database.ts';

/** What the tables can't hold at once, each as a query that finds nothing when all is well. */
const contradictions = {
  'claims of one resource that overlap': `
    select from appointment.claim a join appointment.claim b
      on a.resource_id = b.resource_id and (a.owner_id, a.resource_kind) < (b.owner_id, b.resource_kind)
      and a.during && b.during`,
  'claims without an appointment that occupies its time': `
    select from appointment.claim where hold_expires_at is null and not exists (
      select from appointment.appointment where id = owner_id and status not in ('cancelled', 'noshow'))`,
  'override claims without an appointment that was booked so': `
    select from appointment.override_claim where not exists (
      select from appointment.appointment
        where id = owner_id and status not in ('cancelled', 'noshow') and override_reason is not null)`,
  'appointments without just the claims they need': `
    select from appointment.appointment where status not in ('cancelled', 'noshow') and
      (select array_agg(resource_id order by resource_kind) from (
        select owner_id, resource_id, resource_kind from appointment.claim union all
        select owner_id, resource_id, resource_kind from appointment.override_claim) as taken where owner_id = id)
      is distinct from array_remove(array[patient_id, practitioner_id, room_id], null)`,
  'holds that live without just the claims they need': `
    select from appointment.hold
      join (select owner_id, array_agg(resource_id order by resource_kind) as taken from appointment.claim
        where hold_expires_at > clock_timestamp() group by owner_id) as claims on owner_id = id
      where taken is distinct from array_remove(array[patient_id, practitioner_id, room_id], null)`,
  'appointments without just their history': `
    select from appointment.appointment
      where version <> (select count(*) from appointment.appointment_change where appointment_id = id)`,
  'keys without an answer': `
    select from appointment.idempotency where status is null union all
    select from patient.idempotency where status is null`,
};

/** What is wrong in the database, a line each. */
export async function contradictionsIn(database: TestDatabase): Promise<string[]> {
  return withSuperuser(database, async (client) => {
    const found: string[] = [];
    for (const [what, query] of Object.entries(contradictions)) {
      const { rowCount } = await client.query(query);
      if (rowCount !== 0) found.push(`${rowCount ?? 0} ${what}`);
    }
    return found;
  });
}

/** How many rows there are: `appointment.claim where ...`. */
export async function count(database: TestDatabase, from: string, values: unknown[] = []): Promise<number> {
  return withSuperuser(database, async (client) => {
    const { rows } = await client.query<{ count: number }>(`select count(*)::int from ${from}`, values);
    return rows[0]?.count ?? Number.NaN;
  });
}

/** A transaction of the test's own that stands in a service's way. */
export interface Obstacle {
  /** Goes on in the same transaction. */
  readonly run: (statement: string, values?: unknown[]) => Promise<void>;
  /** Lets everybody through; nothing is changed. */
  readonly release: () => Promise<void>;
}

export async function obstruct(
  database: TestDatabase,
  statement: string,
  values: unknown[] = [],
): Promise<Obstacle> {
  const client = new pg.Client(database.superuserUrl);
  // A test that fails may leave it to the end of the database.
  client.on('error', () => undefined);
  await client.connect();
  // In a deadlock it must be the service that PostgreSQL ends.
  await client.query("set deadlock_timeout = '30s'");
  await client.query('begin');
  await client.query(statement, values);
  return {
    run: async (further, more = []) => {
      await client.query(further, more);
    },
    // The end of the session ends its transaction.
    release: () => client.end(),
  };
}

/** Waits until so many of a service's transactions wait for somebody's lock. */
export async function waitingForLocks(
  database: TestDatabase,
  service: ServiceName,
  howMany: number,
): Promise<void> {
  const waiting = `pg_stat_activity
    where datname = current_database() and usename = $1 and wait_event_type = 'Lock'`;
  const deadline = Date.now() + 5_000;
  while ((await count(database, waiting, [service])) < howMany) {
    if (Date.now() > deadline) throw new Error(`fewer than ${howMany} of ${service} wait for a lock`);
    await sleep(10);
  }
}

async function withSuperuser<T>(database: TestDatabase, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(database.superuserUrl);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
