import { Injectable } from '@nestjs/common';
import { patientChangedQueue, type PatientChange, type PatientChanged } from '#contracts';
import { nowUtc, Queue, type Connection } from '#platform';
import { PatientRepository } from './patient.repository.ts';
import type { PatientRow } from './patient.table.ts';

/**
 * Stores patients and tells the other services what they may know of them, in the change's own transaction: the event
 * exists if and only if the change does.
 */
@Injectable()
export class PatientTeller {
  constructor(
    private readonly patients: PatientRepository,
    private readonly queue: Queue,
  ) {}

  async insert(tx: Connection, patient: PatientRow): Promise<void> {
    await this.patients.insert(tx, patient);
    await this.#tell(tx, patient, 'registered');
  }

  /**
   * Brings a record to its next version.
   * @returns it as it is now
   */
  async change(
    tx: Connection,
    current: PatientRow,
    fields: Partial<PatientRow>,
    change: PatientChange,
  ): Promise<PatientRow> {
    const changed = { ...current, ...fields, version: current.version + 1, updatedAt: nowUtc() };
    await this.patients.update(tx, changed);
    await this.#tell(tx, changed, change);
    return changed;
  }

  async #tell(
    tx: Connection,
    { id, active, replacedBy, version }: PatientRow,
    change: PatientChange,
  ): Promise<void> {
    const event: PatientChanged = { id, active, replacedBy, version, change };
    await this.queue.send(tx, patientChangedQueue, id, event);
  }
}
