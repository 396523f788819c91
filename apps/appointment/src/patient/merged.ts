import { maxMerges } from '#contracts';
import type { PatientRow } from '../tables.ts';

/** Follows a record to the one it was merged into in the end: its id, and the record as far as it is known. */
export async function lastOf(
  id: string,
  find: (id: string) => Promise<PatientRow | undefined>,
): Promise<{ id: string; patient: PatientRow | undefined }> {
  let last = { id, patient: await find(id) };
  for (let merges = 0; typeof last.patient?.replacedBy === 'string' && merges < maxMerges; merges += 1) {
    const next = last.patient.replacedBy;
    last = { id: next, patient: await find(next) };
  }
  return last;
}
