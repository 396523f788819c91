/** Counts what was met, so that a property can't pass on nothing. */
export class Tally {
  readonly #counts = new Map<string, number>();

  note(...events: string[]): void {
    for (const event of events) this.#counts.set(event, (this.#counts.get(event) ?? 0) + 1);
  }

  /** Of these events, those met less often than they must be. */
  below(floors: Readonly<Record<string, number>>): Record<string, number> {
    const counts = Object.keys(floors).map((event): [string, number] => [
      event,
      this.#counts.get(event) ?? 0,
    ]);
    return Object.fromEntries(counts.filter(([event, count]) => count < (floors[event] ?? 0)));
  }
}
