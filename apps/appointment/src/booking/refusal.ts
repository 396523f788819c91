import type { ReasonDto } from '#contracts';
import type { Occupation } from './claim.repository.ts';
import type { Span } from './rules/index.ts';

/** The resources that a booking would occupy, and when. */
export interface Wanted {
  practitionerId: string;
  /** The rooms to choose from; undefined when none is needed. */
  roomIds: readonly string[] | undefined;
  patientId: string;
  withBuffers: Span;
  patient: Span;
}

/** Why a time that is offered can't be had, every reason that holds; empty when it can. */
export function takenReasons(wanted: Wanted, occupations: readonly Occupation[]): ReasonDto[] {
  const reasons: ReasonDto[] = [];
  const practitioner = during(occupations, wanted.practitionerId, wanted.withBuffers);
  if (practitioner.some(({ held }) => !held))
    reasons.push({ code: 'practitioner_busy', detail: 'The practitioner has another appointment then.' });
  if (practitioner.some(({ held }) => held))
    reasons.push({ code: 'held', detail: 'The time is held for someone else.' });
  if (freeRooms(wanted, occupations).length === 0)
    reasons.push({ code: 'no_room_free', detail: 'No room that would do is free then.' });
  if (during(occupations, wanted.patientId, wanted.patient).length > 0)
    reasons.push({ code: 'patient_busy', detail: 'The patient has another appointment then.' });
  return reasons;
}

/** The rooms that could be taken; null stands for none when none is needed. */
export function freeRooms(
  { roomIds, withBuffers }: Wanted,
  occupations: readonly Occupation[],
): readonly (string | null)[] {
  return roomIds?.filter((id) => during(occupations, id, withBuffers).length === 0) ?? [null];
}

function during(occupations: readonly Occupation[], resourceId: string, { start, end }: Span): Occupation[] {
  return occupations.filter(
    (taken) => taken.resourceId === resourceId && taken.start < end && start < taken.end,
  );
}
