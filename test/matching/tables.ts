import { weights } from '../../apps/patient/src/match/weights.ts';
import type { Confusion } from './confusion.ts';

const outcomes = ['certain', 'probable', 'possible', 'certainly-not', 'not compared'] as const;

/** How registers of these seeds came out, as docs/matching.md shows it. */
export function confusionTable(bySeed: ReadonlyMap<number, Confusion>): string {
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const rows = [...bySeed].flatMap(([seed, { same, different, recall, precision }]) => [
    [seed, 'one person', ...outcomes.map((outcome) => same[outcome]), `recall ${percent(recall)}`],
    [
      seed,
      'two people',
      ...outcomes.map((outcome) => (outcome === 'not compared' ? 'all others' : different[outcome])),
      `precision ${percent(precision)}`,
    ],
  ]);
  return table(['seed', 'pairs of', ...outcomes, 'certain and probable'], rows);
}

/** What each field says for or against, as docs/matching.md shows it. */
export function weightsTable(): string {
  const { swapped, ...fields } = weights;
  const rows = Object.entries(fields).flatMap(([field, levels]) =>
    Object.entries(levels).map(([level, bits]) => [field, level, bits.toFixed(1)]),
  );
  return table(['field', 'level', 'bits'], [...rows, ['names', 'swapped', swapped.toFixed(1)]]);
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '-')), ...rows.map(line)].join('\n');
}

/** A document without the spaces and hyphens by which its tables are aligned. */
export function unaligned(markdown: string): string {
  return markdown.replaceAll(/ +/g, ' ').replaceAll(/\| -+ (?=\|)/g, '| - ');
}
