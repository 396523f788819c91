import { ahead } from '../harness/clinic.ts';

/** Half an hour each, numbered from nine o'clock of one day; half-open. */
export interface Span {
  from: number;
  to: number;
}

/** All that anybody could wait for. */
export const always: Span = { from: -1_000_000, to: 1_000_000 };

const slotMs = 30 * 60_000;
const day = 3;
const first = Date.parse(ahead(day));

export function instantOf(slot: number): string {
  return ahead(day, timeOf(slot));
}

export function timeOf(slot: number): string {
  const minutes = 9 * 60 + slot * 30;
  return [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':');
}

export function slotOf(instant: string | Date): number {
  return (new Date(instant).getTime() - first) / slotMs;
}

export function overlap(a: Span, b: Span): boolean {
  return a.from < b.to && b.from < a.to;
}

/** What is in the first and not in the second. */
export function without({ from, to }: Span, other: Span): Span[] {
  const left = [
    { from, to: Math.min(to, other.from) },
    { from: Math.max(from, other.to), to },
  ];
  return left.filter((span) => span.from < span.to);
}
