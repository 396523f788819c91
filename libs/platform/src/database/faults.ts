import pg from 'pg';
import { Overtaken } from '../problem/domain-error.ts';

/** PostgreSQL's own error, through what Drizzle wraps around it; undefined when it is none. */
function databaseError(error: unknown): pg.DatabaseError | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (cause instanceof pg.DatabaseError) return cause;
  return undefined;
}

/** deadlock_detected, serialization_failure, or found out by ourselves: the transaction may be run again. */
export function isRetryable(error: unknown): boolean {
  return error instanceof Overtaken || ['40P01', '40001'].includes(databaseError(error)?.code ?? '');
}

const networkFault =
  /ECONN|EPIPE|E(HOST|NET)(UNREACH|DOWN)|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|connection terminated|connection error|connect(ion)? timeout|timeout exceeded when trying to connect|query read timeout/i;

/**
 * Whether nothing more can be expected of the connection: the network, the other side's silence, or a server that only
 * reads by now (read_only_sql_transaction), as the one that wrote before a failover.
 */
export function isDisconnect(error: unknown): boolean {
  const said = databaseError(error);
  if (said) return said.code === '25006';
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (networkFault.test(`${(cause as NodeJS.ErrnoException).code ?? ''} ${cause.message}`)) return true;
  return false;
}

/**
 * Whether the database is at fault for the moment rather than the request: a lock or statement that took too long,
 * a server starting or stopping, no connection to be had. (SQLSTATE classes 08, 53, 57 and lock_not_available; FATAL
 * is what ends or refuses a connection.)
 */
export function isPassing(error: unknown): boolean {
  if (isDisconnect(error) || isRetryable(error)) return true;
  const { code: state = '', severity } = databaseError(error) ?? {};
  return severity === 'FATAL' || state === '55P03' || /^(08|53|57)/.test(state);
}

/**
 * What is wrong with a value or a row, in words that don't quote it as the database's own message may; undefined of any
 * other error. (SQLSTATE classes 21, 22, 23 and 44, and P0, what a function of ours says.)
 */
export function valueFault(error: Error): string | undefined {
  if (!(error instanceof pg.DatabaseError) || !/^(21|22|23|44|P0)/.test(error.code ?? '')) return undefined;
  const place = [error.schema, error.table, error.column, error.constraint].filter(Boolean).join(', ');
  return `the database refuses a value (SQLSTATE ${error.code ?? ''}${place && `, ${place}`})`;
}
