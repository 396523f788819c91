import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

const lockTries = 40;
/**
 * Longer than `deadlock_timeout`, of a second: not until then does PostgreSQL end a vacuum of its own that is in the way, unless
 * it is one against wraparound. Shorter than a service waits for a lock, and so for who waits for this one.
 */
export const changeLockTimeoutMs = 1_500;

/**
 * Changes, in one transaction, tables that others use. While it waits for their locks others wait for it, so it doesn't for
 * long, gives back what it has, and tries again, forty times in all.
 * @throws Error what `change` throws; lock_not_available or deadlock_detected in the end
 */
export async function changeTables(client: pg.Client, change: () => Promise<unknown>): Promise<void> {
  for (let left = lockTries; ; left -= 1) {
    try {
      await client.query(`begin; set local lock_timeout = ${changeLockTimeoutMs}`);
      await change();
      await client.query('commit');
      return;
    } catch (error) {
      await client.query('rollback').catch(() => undefined);
      const isInTheWay = error instanceof pg.DatabaseError && ['55P03', '40P01'].includes(error.code ?? '');
      if (!isInTheWay || left <= 1) throw error;
      await sleep(changeLockTimeoutMs);
    }
  }
}

/** Others use the database meanwhile: not even to find that nothing has to be changed is a table locked. */
export async function isThere(client: pg.Client, relation: string): Promise<boolean> {
  const { rows } = await client.query<{ isThere: boolean }>(
    'select to_regclass($1) is not null as "isThere"',
    [relation],
  );
  return rows[0]?.isThere === true;
}
