import { ValidateIf } from 'class-validator';
import { Flag, Id, Text, Whole } from './value-fields.ts';

/** The queue on which the register tells the book of every change that matters to it. */
export const patientChangedQueue = 'patient-changed';

/** The queue on which the book asks the register to tell the present state of all patients again. */
export const patientsWantedQueue = 'patients-wanted';

/** Records merged into one another form a chain of no more merges than this. */
export const maxMerges = 32;

/** Where a job goes that can't be carried out. */
export function deadLetterQueueOf(queue: string): string {
  return `${queue}-dead`;
}

export type PatientChange = 'registered' | 'updated' | 'deactivated' | 'merged' | 'unmerged' | 'retold';

/**
 * The state of a patient that other services may know: no personal data. The whole state travels, with the
 * version it belongs to, so a consumer applies it when newer and neither order nor repetition matters.
 */
export class PatientChanged {
  @Id() id!: string;
  @Flag() active!: boolean;

  /** The record this one was merged into, or null. */
  @Id()
  @ValidateIf((_, value) => value !== null)
  replacedBy!: string | null;

  @Whole({ min: 1, max: 2_147_483_647 }) version!: number;

  /** What brought it to this state, a `PatientChange` or what a newer version knows: for the reader; consumers go by the state alone. */
  @Text({ optional: true })
  change?: string;
}

/** Asks for every patient, in order of ids; the register goes on by itself from a place to the next. */
export class PatientsWanted {
  /** The place it has come to. */
  @Id({ optional: true }) after?: string;
}

/** The queue on which the book tells that a freed time is offered to a patient. */
export const waitlistOfferedQueue = 'waitlist.offered';

/** A freed time is held for somebody who waits: where a notice to the patient begins. Ids only. */
export class WaitlistOffered {
  @Id() entryId!: string;
  @Id() patientId!: string;
  @Id() holdId!: string;
}
