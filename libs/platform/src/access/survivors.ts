import type { Caller } from './caller.ts';

/**
 * Knows which record of a patient is kept. A service that hears of merges provides and exports it; a patient's own token
 * then reaches the same whichever of the merged records it names.
 */
export abstract class Survivors {
  /** The record that this one was merged into in the end; itself when it was not merged, or is not known. */
  abstract survivorOf(id: string): Promise<string>;

  /**
   * The record whose list is asked for: a patient's own token names any of the patient's records, and means the one that
   * is kept.
   */
  async listedId(caller: Caller, named: string | undefined): Promise<string | undefined> {
    return named === undefined || caller.patientId === undefined ? named : this.survivorOf(named);
  }

  /** Whether two ids are of one patient. */
  async areOne(a: string, b: string): Promise<boolean> {
    return a === b || (await this.survivorOf(a)) === (await this.survivorOf(b));
  }
}
