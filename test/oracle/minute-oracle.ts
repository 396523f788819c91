import { minuteOfDay, wallClock } from './wall-clock.ts';

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof weekdays)[number];

/** Half-open [start, end), epoch milliseconds. */
export interface Claim {
  start: number;
  end: number;
}

export interface WeeklyWindow {
  days: Weekday[];
  from: string;
  to: string;
  typeIds?: string[];
  validFrom?: string;
  validTo?: string;
}

export interface AvailabilityException {
  date: string;
  closed?: boolean;
  from?: string;
  to?: string;
  typeIds?: string[];
}

export interface Practitioner {
  id: string;
  active: boolean;
  typeIds: string[];
  schedule: { timeZone: string; weekly: WeeklyWindow[]; exceptions: AvailabilityException[] };
}

export interface AppointmentType {
  id: string;
  minutes: number;
  bufferBefore: number;
  bufferAfter: number;
  slotStep: number;
  minNoticeMinutes: number;
  maxDaysAhead: number;
  needsRoom: boolean;
  active: boolean;
}

/** What decides which starts of one type are bookable in [from, to), epoch milliseconds. */
export interface Clinic {
  practitioners: Practitioner[];
  type: AppointmentType;
  practitionerClaims: Record<string, Claim[]>;
  patientClaims: Record<string, Claim[]>;
  /** When given, a start must also be free in this patient's own day. */
  patientId?: string;
  now: number;
  from: number;
  to: number;
}

export type BookableStart = readonly [start: number, practitionerId: string];

const minuteMs = 60_000;

/** In minutes after midnight by the wall clock. */
interface Window {
  from: number;
  to: number;
}

/** One minute of a practitioner's time. */
export interface Minute {
  /** The local date. */
  date: string;
  available: boolean;
  onGrid: boolean;
}

/**
 * The bookable starts of a clinic in order of start, then practitionerId, found by asking the wall clock about every
 * single minute: slow, and with no arithmetic on offsets that could be wrong in the same way as the product's.
 * Windows and steps are whole minutes and so are the offsets of every zone since 1972: no start lies between minutes.
 */
export function oracleStarts(clinic: Clinic): BookableStart[] {
  return clinic.practitioners
    .flatMap((practitioner) =>
      startsOf(practitioner, clinic).map((start): BookableStart => [start, practitioner.id]),
    )
    .sort(([a, one], [b, other]) => a - b || (one < other ? -1 : 1));
}

function startsOf(practitioner: Practitioner, clinic: Clinic): number[] {
  const { type, now, from, to } = clinic;
  if (!practitioner.active || !type.active || !practitioner.typeIds.includes(type.id)) return [];

  const first = Math.ceil(from / minuteMs);
  const minutes = minutesOf(practitioner, type, first, Math.ceil(to / minuteMs) + type.minutes);
  const lastDate = lastDateOf(practitioner, type, now);

  const starts: number[] = [];
  for (const [index, minute] of minutes.entries()) {
    const start = (first + index) * minuteMs;
    if (start >= to) break;
    if (!minute.onGrid || minute.date > lastDate) continue;
    if (start < now + type.minNoticeMinutes * minuteMs) continue;
    if (!minutes.slice(index, index + type.minutes).every(({ available }) => available)) continue;
    if (isTaken(practitioner, clinic, start)) continue;
    starts.push(start);
  }
  return starts;
}

/** The last local date on which a start can be booked. */
export function lastDateOf({ schedule }: Practitioner, type: AppointmentType, now: number): string {
  const today = Temporal.Instant.fromEpochMilliseconds(now)
    .toZonedDateTimeISO(schedule.timeZone)
    .toPlainDate();
  return today.add({ days: type.maxDaysAhead }).toString();
}

/** Every minute from `first` to `end` (excluded), counted from the epoch. */
export function minutesOf(
  practitioner: Practitioner,
  type: AppointmentType,
  first: number,
  end: number,
): Minute[] {
  const windowsByDate = new Map<string, Window[]>();
  return wallClock(practitioner.schedule.timeZone, first, end).map(({ date, time }) => {
    let windows = windowsByDate.get(date);
    if (!windows) {
      windows = windowsOn(date, practitioner, type);
      windowsByDate.set(date, windows);
    }
    const containing = windows.filter(({ from, to }) => from <= time && time < to);
    return {
      date,
      available: containing.length > 0,
      onGrid: containing.some(({ from }) => (time - from) % type.slotStep === 0),
    };
  });
}

/** The windows of a local date that offer the type. */
function windowsOn(date: string, { schedule }: Practitioner, type: AppointmentType): Window[] {
  const offersType = ({ typeIds }: { typeIds?: string[] }): boolean =>
    typeIds === undefined || typeIds.includes(type.id);

  const exceptions = schedule.exceptions.filter((exception) => exception.date === date);
  if (exceptions.length > 0) {
    return exceptions
      .filter(offersType)
      .flatMap(({ closed, from, to }) => (closed || !from || !to ? [] : [windowOf(from, to)]));
  }
  const weekday = weekdays[Temporal.PlainDate.from(date).dayOfWeek - 1];
  return schedule.weekly
    .filter(offersType)
    .filter(({ days }) => days.some((day) => day === weekday))
    .filter(({ validFrom, validTo }) => (!validFrom || validFrom <= date) && (!validTo || date <= validTo))
    .map(({ from, to }) => windowOf(from, to));
}

function isTaken(practitioner: Practitioner, clinic: Clinic, start: number): boolean {
  const { type, practitionerClaims, patientClaims, patientId } = clinic;
  const end = start + type.minutes * minuteMs;
  const overlaps = (claims: Claim[] | undefined, before: number, after: number): boolean =>
    (claims ?? []).some(
      (claim) => claim.start < end + after * minuteMs && start - before * minuteMs < claim.end,
    );

  return (
    overlaps(practitionerClaims[practitioner.id], type.bufferBefore, type.bufferAfter) ||
    (patientId !== undefined && overlaps(patientClaims[patientId], 0, 0))
  );
}

function windowOf(from: string, to: string): Window {
  return { from: minuteOfDay(from), to: minuteOfDay(to) };
}
