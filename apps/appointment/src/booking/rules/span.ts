/** Half-open [start, end), epoch milliseconds. */
export interface Span {
  start: number;
  end: number;
}

export const minuteMs = 60_000;

/** An instant as the API tells it: `2026-11-23T09:00:00Z`, `2026-11-23T09:00:00.05Z`. */
export function instantText(instant: number): string {
  return new Date(instant).toISOString().replace(/\.?0+Z$/, 'Z');
}

export function overlap(a: Span, b: Span): boolean {
  return a.start < b.end && b.start < a.end;
}

/** The instants in any of the spans: disjoint, apart from each other, in order. */
export function united(spans: Iterable<Span>): Span[] {
  const union: Span[] = [];
  let last: Span | undefined;
  for (const { start, end } of [...spans].sort((a, b) => a.start - b.start)) {
    if (start >= end) continue;
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end);
    else union.push((last = { start, end }));
  }
  return union;
}

/** Busy spans of one resource, merged and sorted once, then queried by binary search. */
export class Busy {
  private readonly spans: readonly Span[];

  constructor(spans: Iterable<Span>) {
    this.spans = united(spans);
  }

  overlaps(span: Span): boolean {
    let low = 0;
    let high = this.spans.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.spans[middle]?.end ?? Infinity) > span.start) high = middle;
      else low = middle + 1;
    }
    const next = this.spans[low];
    return next !== undefined && next.start < span.end && span.start < span.end;
  }
}
