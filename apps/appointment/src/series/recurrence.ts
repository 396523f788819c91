import { isLocalDate, maxOccurrences, type RecurrenceDto } from '#contracts';

/** One date of a recurrence. */
export interface Occurrence {
  /** Epoch milliseconds; where there is no such time, one close to it. */
  start: number;
  /** The local date. */
  date: Temporal.PlainDate;
  /** What is not there: the date in its month, or the time of day when the clocks skip it. */
  missing?: 'date' | 'time';
}

/** No part of the stack holds a later year. */
const lastYear = 9998;

/**
 * The dates of a recurrence (RFC 5545, 3.3.10), the first start's among them, each at the same time on the clocks of the
 * zone. A month without the date is told but not counted. Ends one after the most there may be.
 */
export function occurrences(start: number, timeZone: string, recurrence: RecurrenceDto): Occurrence[] {
  const { frequency, interval = 1, count = maxOccurrences + 1, until } = recurrence;
  const first = Temporal.Instant.fromEpochMilliseconds(start).toZonedDateTimeISO(timeZone);
  const found: Occurrence[] = [];
  for (let step = 0, counted = 0; counted < count; step += 1) {
    const occurrence =
      step === 0 ? { start, date: first.toPlainDate() } : occurrenceAt(first, frequency, step * interval);
    if (occurrence.date.year > lastYear || isAfter(occurrence, until)) break;
    if (occurrence.missing !== 'date') counted += 1;
    found.push(occurrence);
  }
  return found;
}

function occurrenceAt(
  first: Temporal.ZonedDateTime,
  frequency: RecurrenceDto['frequency'],
  distance: number,
): Occurrence {
  const base = first.toPlainDate();
  switch (frequency) {
    case 'daily':
      return onDate(first, base.add({ days: distance }));
    case 'weekly':
      return onDate(first, base.add({ weeks: distance }));
    case 'monthly': {
      // Of a month that is too short this is the last date.
      const date = base.add({ months: distance });
      const occurrence = onDate(first, date);
      return date.day === base.day ? occurrence : { ...occurrence, missing: 'date' };
    }
  }
}

function onDate(first: Temporal.ZonedDateTime, date: Temporal.PlainDate): Occurrence {
  const time = first.toPlainTime();
  const at = date.toZonedDateTime({ timeZone: first.timeZoneId, plainTime: time });
  const isThere = at.toPlainTime().equals(time) && at.toPlainDate().equals(date);
  return { start: at.epochMilliseconds, date, ...(!isThere && { missing: 'time' }) };
}

function isAfter({ start, date }: Occurrence, until: string | undefined): boolean {
  if (until === undefined) return false;
  return isLocalDate(until)
    ? Temporal.PlainDate.compare(date, until) > 0
    : Temporal.Instant.compare(Temporal.Instant.fromEpochMilliseconds(start), until) > 0;
}
