import type { AvailabilityExceptionDto, Weekday, WeeklyWindowDto } from '#contracts';
import { minuteMs, united, type Span } from './span.ts';
import { dateText, dayMs, segments } from './zone.ts';

export interface Schedule {
  timeZone: string;
  weekly: WeeklyWindowDto[];
  exceptions: AvailabilityExceptionDto[];
}

/** The instants that one window makes available during one segment of constant offset. */
export interface Opening extends Span {
  /** When the window's `from` comes by this segment's offset: starts lie whole steps after it. */
  origin: number;
  /** The local date, in days after 1970-01-01. */
  day: number;
}

/**
 * What the windows that offer the type open of `within`, in order of start; they may overlap. Local time and
 * instants are matched segment by segment, so a local time that DST skips never comes and one that it repeats
 * comes twice, whatever the length of a shift and wherever in the day it lies.
 */
export function openings(schedule: Schedule, typeId: string, within: Span): Opening[] {
  const windowsOn = calendar(schedule, typeId, within);
  const found: Opening[] = [];
  for (const segment of segments(schedule.timeZone, within)) {
    const lastDay = Math.floor((segment.end + segment.offset - 1) / dayMs);
    for (let day = Math.floor((segment.start + segment.offset) / dayMs); day <= lastDay; day++) {
      const midnight = day * dayMs - segment.offset;
      for (const window of windowsOn(day)) {
        const origin = midnight + window.from;
        const start = Math.max(origin, segment.start);
        const end = Math.min(midnight + window.to, segment.end);
        if (start < end) found.push({ start, end, origin, day });
      }
    }
  }
  return found.sort((a, b) => a.start - b.start);
}

/** The instants of [from, to) at which the schedule offers the type, united, in order. */
export function availableSpans(schedule: Schedule, typeId: string, within: Span): Span[] {
  return united(openings(schedule, typeId, within));
}

/** Tells which of the windows and exceptions offer the type: types with equal keys are available at the same times. */
export function offerKeyOf({ weekly, exceptions }: Schedule, typeId: string): string {
  return [...weekly, ...exceptions].map(({ typeIds }) => Number(offers(typeIds, typeId))).join('');
}

/** A window of one date, in milliseconds of wall-clock time after midnight. */
interface Window {
  from: number;
  to: number;
}

/** Which windows offer the type on a local date that `within` touches. */
function calendar(schedule: Schedule, typeId: string, within: Span): (day: number) => readonly Window[] {
  // No zone is a whole day from UTC, so a day more on either side holds every local date.
  const firstDate = dateText(Math.floor(within.start / dayMs) - 1);
  const lastDate = dateText(Math.floor(within.end / dayMs) + 1);
  const exceptions = Map.groupBy(
    schedule.exceptions.filter(({ date }) => date >= firstDate && date <= lastDate),
    ({ date }) => date,
  );
  const weekly = schedule.weekly.filter(
    ({ validFrom = firstDate, validTo = lastDate, typeIds }) =>
      validFrom <= lastDate && validTo >= firstDate && offers(typeIds, typeId),
  );
  const byWeekday = new Map<Weekday, WeeklyWindow[]>();

  return (day) => {
    const date = dateText(day);
    const replacement = exceptions.get(date);
    if (replacement !== undefined) return windowsOfExceptions(replacement, typeId);
    const weekday = weekdayOf(day);
    let windows = byWeekday.get(weekday);
    if (windows === undefined) byWeekday.set(weekday, (windows = windowsOfWeekday(weekly, weekday)));
    return windows.filter(({ validFrom = date, validTo = date }) => validFrom <= date && date <= validTo);
  };
}

interface WeeklyWindow extends Window {
  validFrom: string | undefined;
  validTo: string | undefined;
}

function windowsOfWeekday(weekly: readonly WeeklyWindowDto[], weekday: Weekday): WeeklyWindow[] {
  return weekly
    .filter(({ days }) => days.includes(weekday))
    .map(({ from, to, validFrom, validTo }) => ({ from: timeMs(from), to: timeMs(to), validFrom, validTo }));
}

function windowsOfExceptions(exceptions: readonly AvailabilityExceptionDto[], typeId: string): Window[] {
  return exceptions.flatMap(({ closed, from, to, typeIds }) =>
    closed || from === undefined || to === undefined || !offers(typeIds, typeId)
      ? []
      : [{ from: timeMs(from), to: timeMs(to) }],
  );
}

/** A window that names no types offers all of them. */
function offers(typeIds: readonly string[] | undefined, typeId: string): boolean {
  return typeIds?.includes(typeId) ?? true;
}

// From day 0, as 1970-01-01 was a Thursday.
const weekdays = ['thu', 'fri', 'sat', 'sun', 'mon', 'tue', 'wed'] as const satisfies Weekday[];

function weekdayOf(day: number): Weekday {
  return weekdays[((day % 7) + 7) % 7] ?? 'thu';
}

/** `HH:MM` up to `24:00`, in milliseconds after midnight. */
function timeMs(text: string): number {
  return (Number(text.slice(0, 2)) * 60 + Number(text.slice(3))) * minuteMs;
}
