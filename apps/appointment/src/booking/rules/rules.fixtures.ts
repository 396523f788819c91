import type { AvailabilityExceptionDto, WeeklyWindowDto } from '#contracts';
import type { PractitionerRules, TypeRules } from './offer.ts';
import type { Schedule } from './schedule.ts';
import type { Span } from './span.ts';

export const everyDay: WeeklyWindowDto['days'] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** The epoch milliseconds of `2026-03-29T01:00Z`. */
export function at(text: string): number {
  return Temporal.Instant.from(text).epochMilliseconds;
}

export function span(start: string, end: string): Span {
  return { start: at(start), end: at(end) };
}

/** As people compare instants: `2026-03-29T01:00Z`. */
export function texts(instants: number[]): string[] {
  return instants.map((instant) => new Date(instant).toISOString().replace(':00.000Z', 'Z'));
}

export function spanTexts(spans: Span[]): string[] {
  return spans.map(({ start, end }) => texts([start, end]).join(' - '));
}

/** A window of every day, `09:00-12:30`. */
export function daily(hours: string, more: Partial<WeeklyWindowDto> = {}): WeeklyWindowDto {
  const [from = '', to = ''] = hours.split('-');
  return { days: everyDay, from, to, ...more };
}

/** An exception of one date: the hours `14:00-15:00`, or `closed`. */
export function exception(date: string, hours: string, typeIds?: string[]): AvailabilityExceptionDto {
  const [from = '', to = ''] = hours.split('-');
  const opening = hours === 'closed' ? { closed: true } : { from, to };
  return { date, ...opening, ...(typeIds && { typeIds }) };
}

export function schedule(timeZone: string, ...weekly: WeeklyWindowDto[]): Schedule {
  return { timeZone, weekly, exceptions: [] };
}

export function practitioner(plan: Schedule, more: Partial<PractitionerRules> = {}): PractitionerRules {
  return { id: 'practitioner', active: true, typeIds: ['type'], schedule: plan, ...more };
}

/** Half an hour, every half hour, from now to a year ahead. */
export function type(more: Partial<TypeRules> = {}): TypeRules {
  return {
    id: 'type',
    minutes: 30,
    bufferBefore: 0,
    bufferAfter: 0,
    slotStep: 30,
    minNoticeMinutes: 0,
    maxDaysAhead: 365,
    needsRoom: false,
    active: true,
    ...more,
  };
}
