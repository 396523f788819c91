import type { TestDatabase } from './database.ts';
import { query } from './sql.ts';

/** As if all but so many of a hold's seconds had passed. */
export async function runOut({ superuserUrl }: TestDatabase, holdId: string, leftSeconds = 0): Promise<void> {
  const statement = `
    update appointment.claim set hold_expires_at = clock_timestamp() + make_interval(secs => $2) where owner_id = $1`;
  await query(superuserUrl, statement, [holdId, leftSeconds]);
}

/** As if a hold, which still lives, had been made so many hours earlier. */
export async function madeEarlier(
  { superuserUrl }: TestDatabase,
  holdId: string,
  hours: number,
): Promise<void> {
  const statement = 'update appointment.hold set created_at = created_at - $2::interval where id = $1';
  await query(superuserUrl, statement, [holdId, `${hours} hours`]);
}

/** As if the half minute had passed after which what a process has in its hands counts as lost. */
export async function lose({ superuserUrl }: TestDatabase): Promise<void> {
  const statement = `update jobs.job set started_on = started_on - interval '1 minute' where state = 'active'`;
  await query(superuserUrl, statement);
}

/** As if what failed had waited long enough to be tried again. */
export async function tryAgain({ superuserUrl }: TestDatabase): Promise<void> {
  await query(superuserUrl, `update jobs.job set start_after = now() where state = 'retry'`);
}

/** As the register's news of a merge leaves what the book knows of the record merged away. */
export async function mergeAway(
  { superuserUrl }: TestDatabase,
  patientId: string,
  survivorId: string,
): Promise<void> {
  const statement = `
    insert into appointment.patient (id, active, replaced_by, version) values ($1, false, $2, 2)
    on conflict (id) do update set active = false, replaced_by = excluded.replaced_by, version = 2`;
  await query(superuserUrl, statement, [patientId, survivorId]);
}
