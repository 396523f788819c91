/** The queue on which the register tells the book of every change that matters to it. */
export const patientChangedQueue = 'patient-changed';

/**
 * The state of a patient that other services may know: no personal data. The whole state travels, with the
 * version it belongs to, so a consumer applies it when newer and neither order nor repetition matters.
 */
export interface PatientChanged {
  id: string;
  active: boolean;
  /** The record this one was merged into, or null. */
  replacedBy: string | null;
  version: number;
}
