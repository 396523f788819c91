import { Injectable } from '@nestjs/common';
import { patientChangedQueue, type PatientChanged } from '#contracts';
import { DomainError, Queue, type Connection, type RowLock } from '#platform';
import type { PatientRow } from '../tables.ts';
import { lastOf } from './merged.ts';
import { newestOfEach } from './patient.copy.ts';
import { PatientRepository } from './patient.repository.ts';

/** Patients as the book knows them, by what the register has told it. */
@Injectable()
export class PatientService {
  constructor(
    private readonly patients: PatientRepository,
    private readonly queue: Queue,
  ) {}

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
    return survivorOf(id, async (each) => (known?.id === each ? known : this.#find(connection, each)));
  }

  /**
   * Someone registered a moment ago is not in the copy yet, but certainly among the jobs sent. A record on the way to the
   * survivor is only read: whoever locks one patient alone waits on nobody crosswise.
   */
  async #findLocked(tx: Connection, id: string, lock: RowLock): Promise<PatientRow | undefined> {
    const standing = await this.patients.findStanding(tx, id, lock);
    if (standing) return standing;
    const known = await this.#find(tx, id);
    if (known?.replacedBy !== null) return known;
    await this.patients.applyNewer(tx, [known]);
    return this.#findLocked(tx, id, lock);
  }

  /** The job may be consumed between the first two looks: hence the third. */
  async #find(connection: Connection, id: string): Promise<PatientRow | undefined> {
    const known = await this.patients.find(connection, id);
    if (known) return known;
    const [sent] = await this.#sent(connection, id);
    return sent ?? this.patients.find(connection, id);
  }

  async #sent(connection: Connection, id: string): Promise<PatientChanged[]> {
    return newestOfEach(await this.queue.sent<PatientChanged>(connection, patientChangedQueue, id));
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
