import type { AppointmentType, Claim, Practitioner } from './minute-oracle.ts';

/** What lies in the book already. */
export interface Entry {
  id: string;
  /** An override may overlap what is there; freed is an appointment that was cancelled. */
  kind: 'appointment' | 'override' | 'freed' | 'hold' | 'expired hold';
  practitionerId: string;
  roomId?: string | undefined;
  patientId?: string | undefined;
  /** Epoch milliseconds. */
  start: number;
  minutes: number;
  bufferBefore: number;
  bufferAfter: number;
}

/** A clinic with all that decides whether a time can be booked. */
export interface BookedClinic {
  now: number;
  type: AppointmentType;
  practitioners: Practitioner[];
  rooms: { id: string; active: boolean }[];
  patients: { id: string; replacedBy?: string }[];
  entries: Entry[];
}

/** For whom a time is wanted, and where. */
export interface Asked {
  /** A hold may be for nobody in particular. */
  patientId?: string | undefined;
  roomId?: string | undefined;
}

/** One resource's part in an entry. */
export interface ResourceClaim extends Claim {
  kind: 'practitioner' | 'room' | 'patient';
  resourceId: string;
}

const minuteMs = 60_000;

/** When an appointment occupies practitioner and room, and when its patient: half-open, epoch milliseconds. */
export function spansOf(
  { minutes, bufferBefore, bufferAfter }: Pick<Entry, 'minutes' | 'bufferBefore' | 'bufferAfter'>,
  start: number,
): { withBuffers: Claim; patient: Claim } {
  const end = start + minutes * minuteMs;
  return {
    withBuffers: { start: start - bufferBefore * minuteMs, end: end + bufferAfter * minuteMs },
    patient: { start, end },
  };
}

export function claimsOf(entry: Entry): ResourceClaim[] {
  const { practitionerId, roomId, patientId } = entry;
  const { withBuffers, patient } = spansOf(entry, entry.start);
  return [
    { kind: 'practitioner', resourceId: practitionerId, ...withBuffers },
    ...(roomId === undefined ? [] : [{ kind: 'room' as const, resourceId: roomId, ...withBuffers }]),
    ...(patientId === undefined ? [] : [{ kind: 'patient' as const, resourceId: patientId, ...patient }]),
  ];
}

export function overlap(one: Claim, other: Claim): boolean {
  return one.start < other.end && other.start < one.end;
}
