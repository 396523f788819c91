import type { KeptDto, MergeDto } from '#contracts';
import type { PatientRow } from '../patient/patient.table.ts';
import type { MergeRow } from './merge.table.ts';

/** What a survivor has that no merge touches. */
export function keptOf({ name, birthDate, gender, communication, deceased }: PatientRow): KeptDto {
  const kept = { name, birthDate, gender, communication };
  return deceased === null ? kept : { ...kept, deceased };
}

export function toDto({ united, undoneBy, undoneAt, undoneReason, ...merge }: MergeRow): MergeDto {
  const { id, survivorId, duplicateId, reason, by, kept, version, createdAt, updatedAt } = merge;
  return {
    ...{ id, survivorId, duplicateId, reason, by, ...united, kept },
    ...(undoneBy !== null &&
      undoneAt !== null && {
        undone: { by: undoneBy, at: undoneAt, ...(undoneReason !== null && { reason: undoneReason }) },
      }),
    ...{ version, createdAt, updatedAt },
  };
}
