import type { Span } from './span.ts';

export const dayMs = 86_400_000;

/** A visit and each of its buffers last a day at most. */
export const longestVisitMs = 3 * dayMs;

/** Instants during which a zone keeps one offset: there, local time = instant + offset, both in milliseconds. */
export interface Segment extends Span {
  offset: number;
}

/** The local date of an instant, in days after 1970-01-01. */
export function localDay(timeZone: string, instant: number): number {
  const [segment] = segments(timeZone, { start: instant, end: instant + 1 });
  return Math.floor((instant + (segment?.offset ?? 0)) / dayMs);
}

/** The first instant of a local date, which is given in days after 1970-01-01. */
export function beginOf(timeZone: string, day: number): string {
  return Temporal.PlainDate.from(dateText(day)).toZonedDateTime(timeZone).toInstant().toString();
}

const maxDates = 4096;
const dates = new Map<number, string>();

/** `YYYY-MM-DD` of a day after 1970-01-01. The texts are kept, a bounded number of them: each calendar asks anew. */
export function dateText(day: number): string {
  let text = dates.get(day);
  if (text === undefined) {
    if (dates.size >= maxDates) dates.clear();
    dates.set(day, (text = new Date(day * dayMs).toISOString().slice(0, 10)));
  }
  return text;
}

/** The segments that make up `within`, in order. */
export function segments(timeZone: string, within: Span): Segment[] {
  const clipped: Segment[] = [];
  for (let chunk = Math.floor(within.start / chunkMs); chunk * chunkMs < within.end; chunk++) {
    for (const { start, end, offset } of segmentsOfChunk(timeZone, chunk)) {
      const segment = { start: Math.max(start, within.start), end: Math.min(end, within.end), offset };
      if (segment.start < segment.end) clipped.push(segment);
    }
  }
  return clipped;
}

// Asking for a transition costs far more than all arithmetic of an answer, so the answers are kept: a chunk of
// instants (some 13 months) of a zone a time, and a bounded number of them, as callers choose both.
const chunkMs = 2 ** 35;
const maxChunks = 4096;
const chunks = new Map<string, readonly Segment[]>();

function segmentsOfChunk(timeZone: string, chunk: number): readonly Segment[] {
  const key = `${timeZone} ${chunk}`;
  const known = chunks.get(key);
  if (known !== undefined) return known;
  if (chunks.size >= maxChunks) chunks.clear();
  const found = findSegments(timeZone, chunk * chunkMs, (chunk + 1) * chunkMs);
  chunks.set(key, found);
  return found;
}

function findSegments(timeZone: string, start: number, end: number): Segment[] {
  const found: Segment[] = [];
  let from: Temporal.ZonedDateTime | null =
    Temporal.Instant.fromEpochMilliseconds(start).toZonedDateTimeISO(timeZone);
  while (from !== null && from.epochMilliseconds < end) {
    const next: Temporal.ZonedDateTime | null = from.getTimeZoneTransition('next');
    found.push({
      start: from.epochMilliseconds,
      end: Math.min(next?.epochMilliseconds ?? end, end),
      offset: from.offsetNanoseconds / 1_000_000,
    });
    from = next;
  }
  return found;
}
