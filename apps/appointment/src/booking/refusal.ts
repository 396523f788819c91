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
  const of = (resourceId: string, during: Span): Occupation[] =>
    occupations.filter(
      (taken) => taken.resourceId === resourceId && taken.start < during.end && during.start < taken.end,
    );
  const reasons: ReasonDto[] = [];
  const practitioner = of(wanted.practitionerId, wanted.withBuffers);
  if (practitioner.some(({ held }) => !held))
    reasons.push({ code: 'practitioner_busy', detail: 'The practitioner has another appointment then.' });
  if (practitioner.some(({ held }) => held))
    reasons.push({ code: 'held', detail: 'The time is held for someone else.' });
  if (wanted.roomIds?.every((id) => of(id, wanted.withBuffers).length > 0))
    reasons.push({ code: 'no_room_free', detail: 'No room that would do is free then.' });
  if (of(wanted.patientId, wanted.patient).length > 0)
    reasons.push({ code: 'patient_busy', detail: 'The patient has another appointment then.' });
  return reasons;
}
