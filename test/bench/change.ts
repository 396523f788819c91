import type { Target } from './asker.ts';

/** A change that a service carries out, and by what pgbench does the same. */
export interface Change {
  readonly what: string;
  /** The least share of what the database can do by itself. */
  readonly wanted?: string;
  readonly target: Target;
  /** Has a row more after each. */
  readonly table: string;
  /** The database as the service connects to it. */
  readonly url: string;
  /** For pgbench. */
  readonly script: string;
}
