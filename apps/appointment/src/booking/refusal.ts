import { notOfferedCodes, type ReasonDto } from '#contracts';
import type { TypeRow } from '../tables.ts';
import type { Occupation } from './claim.repository.ts';
import {
  instantText,
  occupied,
  overlap,
  refusals,
  type Durations,
  type PractitionerRules,
  type Span,
} from './rules/index.ts';

/** What a booking goes by. */
export interface Terms<Patient extends string | undefined = string | undefined> {
  type: TypeRow;
  practitioner: PractitionerRules;
  /** The room that was named; undefined when any will do or none is needed. */
  roomId: string | undefined;
  roomActive: boolean;
  /** The rooms to choose from, in order of preference; undefined when none is needed. */
  roomIds: readonly string[] | undefined;
  /** The record that is booked for, a merged-away id's survivor; undefined when a hold names nobody. */
  patientId: Patient;
}

/** The resources that a booking would occupy, and when. */
export interface Wanted {
  /** Undefined when the practitioner's time is had already. */
  practitionerId: string | undefined;
  roomIds: readonly string[] | undefined;
  patientId: string | undefined;
  withBuffers: Span;
  patient: Span;
}

export function wantedAt(terms: Terms, start: number, durations: Durations = terms.type): Wanted {
  const { practitioner, roomIds, patientId } = terms;
  return { practitionerId: practitioner.id, roomIds, patientId, ...occupied(durations, start) };
}

/** Why a time is not offered, every reason that holds; empty when it is. */
export function notOfferedReasons(
  { practitioner, type, roomActive }: Terms,
  start: number,
  now: number,
): ReasonDto[] {
  const reasons: ReasonDto[] = refusals(practitioner, type, start, now);
  if (!roomActive) reasons.push({ code: 'inactive', detail: 'The room takes no new bookings.' });
  return reasons;
}

/** Whether a reason would hold if nobody else had booked. */
export function isNotOffered({ code }: ReasonDto): boolean {
  return notOfferedCodes.some((notOffered) => notOffered === code);
}

/** Why a time that is offered can't be had, every reason that holds; empty when it can. */
export function takenReasons(wanted: Wanted, occupations: readonly Occupation[]): ReasonDto[] {
  const { practitionerId, patientId, withBuffers, patient } = wanted;
  const ofPractitioner = during(occupations, practitionerId, withBuffers);
  const ofPatient = during(occupations, patientId, patient);
  const booked = ofPractitioner.filter(({ heldUntil }) => heldUntil === undefined);
  const held = ofPractitioner.filter(({ heldUntil }) => heldUntil !== undefined);

  const reasons: ReasonDto[] = [];
  const refuse = (code: ReasonDto['code'], detail: string, until: number | undefined) =>
    reasons.push({ code, detail, ...(until !== undefined && { until: instantText(until) }) });
  if (booked.length > 0)
    refuse('practitioner_busy', 'The practitioner has another appointment then.', lastEnd(booked));
  if (held.length > 0) refuse('held', 'The time is held.', lastEnd(held));
  if (freeRooms(wanted, occupations).length === 0)
    refuse('no_room_free', 'No room that would do is free then.', roomFreeAt(wanted, occupations));
  if (ofPatient.length > 0)
    refuse('patient_busy', 'The patient has another appointment then.', lastEnd(ofPatient));
  return reasons;
}

/** The rooms that could be taken; null stands for none when none is needed. */
export function freeRooms(
  { roomIds, withBuffers }: Wanted,
  occupations: readonly Occupation[],
): readonly (string | null)[] {
  return roomIds?.filter((id) => during(occupations, id, withBuffers).length === 0) ?? [null];
}

/** When the first of the rooms is free again; undefined when there are none. */
function roomFreeAt(
  { roomIds = [], withBuffers }: Wanted,
  occupations: readonly Occupation[],
): number | undefined {
  const ends = roomIds.map((id) => lastEnd(during(occupations, id, withBuffers)));
  return ends.length === 0 ? undefined : Math.min(...ends);
}

/** When the last of them ends: a hold when it runs out. */
function lastEnd(occupations: readonly Occupation[]): number {
  return Math.max(...occupations.map(({ end, heldUntil = Infinity }) => Math.min(end, heldUntil)));
}

function during(
  occupations: readonly Occupation[],
  resourceId: string | undefined,
  span: Span,
): Occupation[] {
  return occupations.filter((taken) => taken.resourceId === resourceId && overlap(taken, span));
}
