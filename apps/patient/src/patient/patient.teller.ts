import { Injectable } from '@nestjs/common';
import { patientChangedQueue, type PatientChange, type PatientChanged } from '#contracts';
import { Queue, type Connection } from '#platform';
import type { PatientRow } from './patient.table.ts';

/** Tells the other services what they may know of a patient. */
@Injectable()
export class PatientTeller {
  constructor(private readonly queue: Queue) {}

  /** In the change's own transaction: the event exists if and only if the change does. */
  async tell(
    tx: Connection,
    { id, active, replacedBy, version }: PatientRow,
    change: PatientChange,
  ): Promise<void> {
    const event: PatientChanged = { id, active, replacedBy, version, change };
    await this.queue.send(tx, patientChangedQueue, id, event);
  }
}
