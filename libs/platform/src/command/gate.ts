/** Lets so many in at a time; the others wait their turn. */
export class Gate {
  readonly #waiting: (() => void)[] = [];

  constructor(private free: number) {}

  /** @param work is told whether it had to wait */
  async run<T>(work: (hasWaited: boolean) => Promise<T>): Promise<T> {
    const hasWaited = this.free === 0;
    if (hasWaited)
      await new Promise<void>((enter) => {
        this.#waiting.push(enter);
      });
    else this.free -= 1;
    try {
      return await work(hasWaited);
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.free += 1;
    }
  }
}
