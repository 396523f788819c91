import { Injectable, type OnModuleInit } from '@nestjs/common';
import { patientChangedQueue, type PatientChanged } from '#contracts';
import { Database, DomainError, Queue, type Connection } from '#platform';
import type { PatientRow } from '../tables.ts';
import { PatientRepository } from './patient.repository.ts';

/** Records merged into one another form a chain no longer than this, or something is wrong. */
const maxMerges = 32;

/** Patients as the book knows them, by what the register has told it. */
@Injectable()
export class PatientService implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly patients: PatientRepository,
    private readonly queue: Queue,
  ) {}

  onModuleInit(): void {
    this.queue.consume<PatientChanged>(patientChangedQueue, (states) => this.#keep(states));
  }

  /**
   * The patient a booking is for, kept as it is until the transaction ends. A merged-away id stands for its survivor.
   * @throws DomainError patient_unknown, patient_inactive
   */
  async forBooking(tx: Connection, id: string): Promise<PatientRow> {
    let patient = await this.#find(tx, id);
    for (let merges = 0; patient.replacedBy !== null && merges < maxMerges; merges += 1)
      patient = await this.#find(tx, patient.replacedBy);
    if (!patient.active) throw new DomainError('patient_inactive', 'The patient’s record is inactive.');
    return patient;
  }

  /** Someone registered a moment ago is not in the copy yet, but certainly among the jobs sent. */
  async #find(tx: Connection, id: string): Promise<PatientRow> {
    const known = await this.patients.findForBooking(tx, id);
    if (known) return known;
    await this.patients.applyNewer(
      tx,
      newestOfEach(await this.queue.sent<PatientChanged>(tx, patientChangedQueue, id)),
    );
    const patient = await this.patients.findForBooking(tx, id);
    if (!patient) throw new DomainError('patient_unknown', 'No patient with this id is registered.');
    return patient;
  }

  async #keep(states: readonly PatientChanged[]): Promise<void> {
    const newest = newestOfEach(states);
    await this.database.transaction(async (tx) => {
      await this.patients.lockForChange(
        tx,
        newest.map(({ id }) => id),
      );
      await this.patients.applyNewer(tx, newest);
    });
  }
}

/** One state per patient, in the order of ids that all writers keep, so that they don't wait on each other crosswise. */
function newestOfEach(states: readonly PatientChanged[]): PatientChanged[] {
  const newest = new Map<string, PatientChanged>();
  for (const state of states)
    if (state.version > (newest.get(state.id)?.version ?? 0)) newest.set(state.id, state);
  return [...newest.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}
