import type { Released } from '../booking/claim.statements.ts';
import type { Span } from '../booking/rules/index.ts';

/** Time that can be had now and could not before. */
export interface FreedTime {
  /** Whose it was; undefined where anybody's will do. */
  practitionerId?: string | undefined;
  roomId?: string | undefined;
  patientId?: string | undefined;
  /** For which types; undefined for all. */
  typeIds?: readonly string[] | undefined;
  during: readonly Span[];
}

/** What is left of it, in order; empty when it has passed. */
export function remaining(during: readonly Span[], now: number): Span[] {
  return during
    .filter(({ end }) => end > now)
    .map(({ start, end }) => ({ start: Math.max(start, now), end }))
    .sort((a, b) => a.start - b.start);
}

/** What is in the first spans and not in the others; both in order and each without overlaps. */
export function without(spans: readonly Span[], others: readonly Span[]): Span[] {
  const left: Span[] = [];
  let next = 0;
  for (const { start: first, end } of spans) {
    let start = first;
    for (let other = others[next]; other !== undefined && other.start < end; other = others[next]) {
      if (other.start > start) left.push({ start, end: other.start });
      start = Math.max(start, other.end);
      // It can reach into the span after this one.
      if (other.end > end) break;
      next += 1;
    }
    if (start < end) left.push({ start, end });
  }
  return left;
}

/** What an appointment or a hold gave up is freed together. */
export function freedBy(released: readonly Released[]): FreedTime[] {
  return [...Map.groupBy(released, ({ ownerId }) => ownerId).values()].map((claims) => {
    const of = (kind: Released['kind']) => claims.find((claim) => claim.kind === kind)?.resourceId;
    const start = Math.min(...claims.map((claim) => claim.start));
    const end = Math.max(...claims.map((claim) => claim.end));
    return {
      practitionerId: of('practitioner'),
      roomId: of('room'),
      patientId: of('patient'),
      during: [{ start, end }],
    };
  });
}
