import { jobsSchema } from './queue.ts';

/**
 * A subquery with the column `data`: what of a queue's jobs under a key is not known to have been consumed. Whoever reads
 * it and what its consumer writes in one statement misses nothing: a job is done after what it brought about. Those that
 * wait are found by their key, those in somebody's hands by being so, both by indexes of pg-boss.
 * @param queue an SQL expression, as is the key
 */
export function pendingJobs(queue: string, key: string): string {
  const those = `select data from ${jobsSchema}.job where name = ${queue} and singleton_key = ${key}`;
  return `(${those} and state < 'active' union all ${those} and state = 'active')`;
}
