import { Injectable } from '@nestjs/common';
import { attempt, DomainError, type Connection, type RowLock } from '#platform';
import type { PatientRow } from '../tables.ts';
import { lastOf } from './merged.ts';
import { PatientRepository } from './patient.repository.ts';

/** Patients as the book knows them, by what the register has told it. */
@Injectable()
export class PatientService {
  constructor(private readonly patients: PatientRepository) {}

  /**
   * The patient a booking is for, kept as it is until the transaction ends. A merged-away id stands for its survivor.
   * @throws DomainError patient_unknown, patient_inactive
   */
  forBooking(tx: Connection, id: string, lock: RowLock): Promise<PatientRow> {
    return survivorOf(id, (each) => this.#findLocked(tx, each, lock));
  }

  /**
   * The same for whoever only looks: nothing is locked or written.
   * @param known the patient with this id, if it was just read
   * @throws DomainError patient_unknown, patient_inactive
   */
  forReading(connection: Connection, id: string, known?: PatientRow): Promise<PatientRow> {
    return survivorOf(id, async (each) =>
      known?.id === each ? known : this.patients.find(connection, each),
    );
  }

  /**
   * What the register has told is in the copy or among the jobs sent: someone registered a moment ago, or a merge that was
   * taken back, is put into the copy here. A record on the way to the survivor is only read: whoever locks one patient
   * alone waits on nobody crosswise.
   */
  async #findLocked(tx: Connection, id: string, lock: RowLock): Promise<PatientRow | undefined> {
    const standing = await this.patients.findStanding(tx, id, lock);
    if (standing) return standing;
    const known = await this.patients.find(tx, id);
    if (known?.replacedBy !== null) return known;
    // A newer state can have come meanwhile: then the record's lock is given back before its survivor is waited for.
    const applied = await attempt(tx, async () => {
      await this.patients.applyNewer(tx, [known]);
      return this.patients.findStanding(tx, id, lock);
    });
    return applied ?? this.#findLocked(tx, id, lock);
  }
}

async function survivorOf(
  id: string,
  find: (id: string) => Promise<PatientRow | undefined>,
): Promise<PatientRow> {
  const { patient } = await lastOf(id, find);
  if (!patient) throw new DomainError('patient_unknown', 'No patient with this id is registered.');
  if (!patient.active) throw new DomainError('patient_inactive', 'The patient’s record is inactive.');
  return patient;
}
