import type { ReasonCode } from '#contracts';
import { openings, type Schedule } from './schedule.ts';
import { minuteMs, united, type Span } from './span.ts';
import { beginOf, localDay } from './zone.ts';

/** What an appointment type asks of a time; durations are whole minutes. */
export interface TypeRules {
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

export interface PractitionerRules {
  id: string;
  active: boolean;
  typeIds: readonly string[];
  schedule: Schedule;
}

/** Why a time is not offered. */
export interface OfferRefusal {
  code: ReasonCode;
  detail: string;
  /** The instant from which it no longer holds, where the rules tell. */
  until?: string;
}

/**
 * Starts in [within.start, within.end) that the schedule offers: on the grid, [start, start + minutes) available
 * throughout; ascending, unique. Takes no account of now, notice, horizon, claims.
 */
export function offeredStarts(schedule: Schedule, type: TypeRules, within: Span): number[] {
  return startsUntil(Infinity, schedule, type, within);
}

/** Starts in `within` for which refusals() is empty. */
export function bookableStarts(
  practitioner: PractitionerRules,
  type: TypeRules,
  within: Span,
  now: number,
): number[] {
  const { schedule } = practitioner;
  if (!isActive(practitioner, type) || !practitioner.typeIds.includes(type.id)) return [];
  const start = Math.max(within.start, earliestStart(type, now));
  return startsUntil(lastDay(schedule, type, now), schedule, type, { start, end: within.end });
}

/** Why a start is not offered, every reason that holds; empty when it is. */
export function refusals(
  practitioner: PractitionerRules,
  type: TypeRules,
  start: number,
  now: number,
): OfferRefusal[] {
  const { schedule } = practitioner;
  const found: OfferRefusal[] = [];
  const refuse = (code: ReasonCode, detail: string, until?: string) =>
    found.push({ code, detail, ...(until !== undefined && { until }) });

  if (!practitioner.active) refuse('inactive', 'The practitioner takes no new bookings.');
  if (!type.active) refuse('inactive', 'This type of appointment takes no new bookings.');
  if (!practitioner.typeIds.includes(type.id))
    refuse('type_not_offered', 'The practitioner does not offer this type of appointment.');
  found.push(...refusalsOfSchedule(schedule, type, start));
  if (start < earliestStart(type, now))
    refuse('too_soon', `The start must be at least ${type.minNoticeMinutes} minutes from now.`);
  const day = localDay(schedule.timeZone, start);
  if (day > lastDay(schedule, type, now))
    refuse(
      'too_far_ahead',
      `The start must be at most ${type.maxDaysAhead} days from today.`,
      beginOf(schedule.timeZone, day - type.maxDaysAhead),
    );
  return found;
}

function refusalsOfSchedule(schedule: Schedule, type: TypeRules, start: number): OfferRefusal[] {
  const appointment = occupied(type, start).patient;
  const found = openings(schedule, type.id, appointment);
  const atStart = found.filter((opening) => opening.start === start);
  const refused: OfferRefusal[] = [];
  // Openings are cut to the appointment, so it is available throughout when one span is all of it.
  if (united(found)[0]?.end !== appointment.end || atStart.length === 0)
    refused.push({
      code: 'outside_availability',
      detail: 'The practitioner is not available for this type of appointment from start to end.',
    });
  if (atStart.length > 0 && !atStart.some(({ origin }) => (start - origin) % stepMs(type) === 0))
    refused.push({
      code: 'off_grid',
      detail: `Starts lie a multiple of ${type.slotStep} minutes after the beginning of a window.`,
    });
  return refused;
}

/** Starts as `offeredStarts` has them, on local dates up to `lastStartDay`. */
function startsUntil(lastStartDay: number, schedule: Schedule, type: TypeRules, within: Span): number[] {
  if (within.start >= within.end) return [];
  const minutesMs = type.minutes * minuteMs;
  const step = stepMs(type);
  const found = openings(schedule, type.id, { start: within.start, end: within.end + minutesMs });
  const available = united(found).values();
  let span = available.next().value;
  const starts: number[] = [];
  for (const { start, end, origin, day } of found) {
    // The union's spans are apart, so the first that ends after the opening's start holds all of the opening.
    while (span !== undefined && span.end <= start) span = available.next().value;
    if (span === undefined || day > lastStartDay) continue;
    const last = Math.min(end - 1, within.end - 1, span.end - minutesMs);
    for (let at = origin + Math.ceil((start - origin) / step) * step; at <= last; at += step) starts.push(at);
  }
  return ascendingUnique(starts);
}

/** Openings that overlap may share starts and interleave them; most don't overlap. */
function ascendingUnique(starts: number[]): number[] {
  if (starts.every((start, index) => (starts[index - 1] ?? -Infinity) < start)) return starts;
  return starts.sort((a, b) => a - b).filter((start, index) => start !== starts[index - 1]);
}

function stepMs(type: TypeRules): number {
  return type.slotStep * minuteMs;
}

function isActive(practitioner: PractitionerRules, type: TypeRules): boolean {
  return practitioner.active && type.active;
}

function earliestStart(type: TypeRules, now: number): number {
  return now + type.minNoticeMinutes * minuteMs;
}

/** The last local date that can be booked, in days after 1970-01-01. */
function lastDay(schedule: Schedule, type: TypeRules, now: number): number {
  return localDay(schedule.timeZone, now) + type.maxDaysAhead;
}

/** Of a type, or of an appointment, which keeps those it was booked by. */
export type Durations = Pick<TypeRules, 'minutes' | 'bufferBefore' | 'bufferAfter'>;

/** What an appointment occupies: practitioner and room with buffers, the patient without. */
export function occupied(
  { minutes, bufferBefore, bufferAfter }: Durations,
  start: number,
): { withBuffers: Span; patient: Span } {
  const end = start + minutes * minuteMs;
  return {
    withBuffers: { start: start - bufferBefore * minuteMs, end: end + bufferAfter * minuteMs },
    patient: { start, end },
  };
}
