import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

const [lockTries, lockTimeoutMs] = [60, 1_000];

/**
 * Changes, in one transaction, tables that others use. While it waits for their locks others wait for it, so it doesn't for
 * long, gives back what it has, and tries again, for some two minutes in all.
 * @throws Error what `change` throws; lock_not_available in the end
 */
export async function changeTables(client: pg.Client, change: () => Promise<unknown>): Promise<void> {
  for (let left = lockTries; ; left -= 1) {
    try {
      await client.query(`begin; set local lock_timeout = ${lockTimeoutMs}`);
      await change();
      await client.query('commit');
      return;
    } catch (error) {
      await client.query('rollback');
      const isLocked = error instanceof pg.DatabaseError && error.code === '55P03';
      if (!isLocked || left <= 1) throw error;
      await sleep(lockTimeoutMs);
    }
  }
}
