/**
 * What the model knows of the book. Times are whole minutes after midnight (UTC) of the clinic's first day, so that
 * a day later is 1440 more; states are never changed but followed by others.
 */
export interface State {
  readonly types: ReadonlyMap<string, TypeRules>;
  readonly practitioners: ReadonlyMap<string, Practitioner>;
  readonly rooms: ReadonlyMap<string, Resource>;
  readonly patients: ReadonlySet<string>;
  readonly appointments: ReadonlyMap<string, Appointment>;
  readonly holds: ReadonlyMap<string, Hold>;
  readonly series: ReadonlyMap<string, Series>;
}

export interface Resource {
  readonly id: string;
  readonly active: boolean;
  readonly version: number;
}

export interface Durations {
  readonly minutes: number;
  readonly bufferBefore: number;
  readonly bufferAfter: number;
}

export interface TypeRules extends Resource, Durations {
  readonly needsRoom: boolean;
  readonly slotStep: number;
  readonly minNoticeMinutes: number;
  readonly maxDaysAhead: number;
}

/** When a practitioner is available, `from` and `to` from the midnight of its day. */
export interface Window {
  readonly day: number;
  readonly from: number;
  readonly to: number;
  readonly typeIds?: readonly string[];
}

export interface Practitioner extends Resource {
  readonly typeIds: readonly string[];
  readonly windows: readonly Window[];
  readonly availabilityVersion: number;
}

/** What a booking or a hold asks for. */
export interface Ask {
  readonly typeId: string;
  readonly practitionerId: string;
  readonly patientId?: string | undefined;
  readonly roomId?: string | undefined;
  readonly start: number;
}

export const statuses = ['booked', 'arrived', 'checked-in', 'fulfilled', 'cancelled', 'noshow'] as const;
export type Status = (typeof statuses)[number];

export interface Appointment extends Ask, Durations {
  readonly id: string;
  readonly patientId: string;
  readonly status: Status;
  readonly override: boolean;
  readonly seriesId?: string | undefined;
  readonly version: number;
}

export interface Hold extends Ask, Durations {
  readonly id: string;
  /** Not used, given back or run out. */
  readonly isLive: boolean;
  readonly createdAt: number;
}

export interface Series extends Ask {
  readonly id: string;
  readonly onConflict: 'fail' | 'skip' | 'nearest';
  readonly skipped: readonly Skipped[];
}

export interface Skipped {
  readonly start: number;
  readonly reasons: readonly string[];
}

export function occupies({ status }: Appointment): boolean {
  return status !== 'cancelled' && status !== 'noshow';
}

/** A copy of a map in which these things have taken their places. */
export function put<Thing extends { readonly id: string }>(
  things: ReadonlyMap<string, Thing>,
  ...changed: readonly Thing[]
): ReadonlyMap<string, Thing> {
  const copy = new Map(things);
  for (const thing of changed) copy.set(thing.id, thing);
  return copy;
}

/** The book as it would be without an appointment. */
export function without(state: State, id: string): State {
  const appointments = new Map(state.appointments);
  appointments.delete(id);
  return { ...state, appointments };
}

export const dayMinutes = 1440;

export function dayOf(minute: number): number {
  return Math.floor(minute / dayMinutes);
}
