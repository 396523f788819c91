import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import type pg from 'pg';

/** What a repository method works in: the pool, or a transaction and whatever savepoint it is at. */
export type Connection = NodePgDatabase & { readonly $client: pg.Pool | pg.Client };

/** How a row is kept as it was read until the transaction ends: against changes, or against other readers who lock too. */
export type RowLock = 'key share' | 'update';
