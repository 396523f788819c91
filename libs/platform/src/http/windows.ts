/** Counts by name in windows that begin at a name's first count, for so many names at most. */
export class Windows {
  /** In the order in which the windows end, since all are of one length. */
  readonly #windows = new Map<string, { count: number; endsAtMs: number }>();

  /** @param maxNames when there would be more, the windows that end first are forgotten, a tenth of them at once */
  constructor(
    private readonly lengthMs: number,
    private readonly maxNames: number,
  ) {}

  get size(): number {
    return this.#windows.size;
  }

  /** Counts one more. */
  count(name: string, nowMs: number): { readonly count: number; readonly endsInMs: number } {
    const window = this.#running(name, nowMs);
    window.count += 1;
    return { count: window.count, endsInMs: window.endsAtMs - nowMs };
  }

  /** Takes one back. */
  uncount(name: string): void {
    const window = this.#windows.get(name);
    if (window && window.count > 0) window.count -= 1;
  }

  #running(name: string, nowMs: number): { count: number; endsAtMs: number } {
    const window = this.#windows.get(name);
    if (window && nowMs < window.endsAtMs) return window;
    this.#windows.delete(name);
    this.#makeRoom(nowMs);
    const begun = { count: 0, endsAtMs: nowMs + this.lengthMs };
    this.#windows.set(name, begun);
    return begun;
  }

  /** In one go for many to come: a Map is slow to find its first entry again and again once many before it went. */
  #makeRoom(nowMs: number): void {
    if (this.#windows.size < this.maxNames) return;
    const keep = Math.floor(this.maxNames * 0.9);
    for (const [name, { endsAtMs }] of this.#windows) {
      if (nowMs < endsAtMs && this.#windows.size <= keep) return;
      this.#windows.delete(name);
    }
  }
}
