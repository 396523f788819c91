import { nameOf } from './command.ts';
import type { Exchange } from './orders.ts';

/** How the commands of each kind ended, and how often. */
export class Tally {
  readonly #kinds = new Map<string, Map<string, number>>();

  add({ command, answer: { status, body } }: Exchange): void {
    const kind = nameOf(command);
    const outcomes = this.#kinds.get(kind) ?? new Map<string, number>();
    this.#kinds.set(kind, outcomes);
    const { code, bookable } = (body ?? {}) as { code?: string; bookable?: boolean };
    const ending = [status, code ?? (bookable === false ? 'not bookable' : undefined)];
    const outcome = ending.filter((part) => part !== undefined).join(' ');
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }

  /** How many of all ended this way. */
  count(outcome: string): number {
    return [...this.#kinds.values()].reduce((sum, outcomes) => sum + (outcomes.get(outcome) ?? 0), 0);
  }

  get kinds(): number {
    return this.#kinds.size;
  }

  /** Per kind how many were done and how many refused. */
  get endings(): { kind: string; done: number; refused: number }[] {
    return [...this.#kinds].map(([kind, outcomes]) => {
      const ending = { kind, done: 0, refused: 0 };
      for (const [outcome, times] of outcomes) ending[/^20\d$/.test(outcome) ? 'done' : 'refused'] += times;
      return ending;
    });
  }

  toString(): string {
    const lines = [...this.#kinds].map(([kind, outcomes]) => {
      const ends = [...outcomes].sort(([a], [b]) => (a < b ? -1 : 1));
      return `  ${kind}: ${ends.map(([outcome, times]) => `${times} x ${outcome}`).join(', ')}`;
    });
    return lines.sort().join('\n');
  }
}
