import type { Connection } from '../database/database.ts';
import type { Caller } from './caller.ts';

/**
 * Knows which record of a patient is kept. A service that hears of merges provides and exports it; a patient's own token
 * then reaches the same whichever of the merged records it names.
 */
export abstract class Survivors {
  /**
   * The record that this one was merged into in the end; itself when it was not merged, or is not known.
   * @param connection in a transaction its own; default: the pool
   */
  abstract survivorOf(id: string, connection?: Connection): Promise<string>;

  /** What a list is asked for: a patient's own token names any of the patient's records, and means the one that is kept. */
  async meant<Query extends { patientId?: string }>(query: Query, caller: Caller): Promise<Query> {
    const { patientId } = query;
    if (patientId === undefined || caller.patientId === undefined) return query;
    return { ...query, patientId: await this.survivorOf(patientId) };
  }

  /** Whether two ids are of one patient. */
  async areOne(a: string, b: string, connection?: Connection): Promise<boolean> {
    return a === b || (await this.survivorOf(a, connection)) === (await this.survivorOf(b, connection));
  }
}
