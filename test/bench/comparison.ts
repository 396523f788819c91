import { median } from './durations.ts';

/** Alone, a few, and more than there are connections to the database. */
export const callerCounts = [1, 8, 64];

/** How a subject does beside a baseline that was measured by turns with it. */
export interface Comparison {
  /** Medians, in whatever both were measured in. */
  subject: number;
  baseline: number;
  /** Of the ratios of each pair. */
  least: number;
  median: number;
  most: number;
}

/** Measures both by turns, so that what else the machine does meets both alike; who comes first takes turns too. */
export async function compare(
  rounds: number,
  subject: () => Promise<number>,
  baseline: () => Promise<number>,
): Promise<Comparison> {
  const pairs: Pair[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const first = round % 2 === 0 ? await baseline() : undefined;
    const measured = await subject();
    pairs.push({ subject: measured, baseline: first ?? (await baseline()) });
  }
  return comparisonOf(pairs);
}

/** What was measured one after the other. */
interface Pair {
  subject: number;
  baseline: number;
}

export function comparisonOf(pairs: readonly Pair[]): Comparison {
  const ratios = pairs.map((pair) => pair.subject / pair.baseline);
  return {
    subject: median(pairs.map((pair) => pair.subject)),
    baseline: median(pairs.map((pair) => pair.baseline)),
    least: Math.min(...ratios),
    median: median(ratios),
    most: Math.max(...ratios),
  };
}

/** `0.71 (0.65 to 0.78); 812 a second beside 1144`: the median ratio, and medians of both. */
export function tell({ subject, baseline, least, median: middle, most }: Comparison): string {
  const ratio = [middle, least, most].map((each) => each.toFixed(2));
  return `${ratio[0] ?? ''} (${ratio[1] ?? ''} to ${ratio[2] ?? ''}); ${subject.toFixed(0)} a second beside ${baseline.toFixed(0)}`;
}
