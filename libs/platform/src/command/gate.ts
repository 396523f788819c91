import { DomainError } from '../problem/domain-error.ts';

/** Lets so many in at a time; the others wait their turn, but not for ever. */
export class Gate {
  /** In the order they came. */
  readonly #waiting = new Set<() => void>();
  #within = 0;

  /**
   * @param places taken by whoever comes, and by those who wait as they come free
   * @param most how many of those who wait may be in, as things are; where there are more of these than places, so many
   * come in at once that they can share what they do
   */
  constructor(
    private readonly places: number,
    private readonly most: () => number = () => places,
  ) {}

  /**
   * @param patienceMs how long it may wait for its turn
   * @param work is told whether it had to wait
   * @throws DomainError unavailable when its turn doesn't come in time
   */
  async run<T>(patienceMs: number, work: (hasWaited: boolean) => Promise<T>): Promise<T> {
    const hasWaited = this.#within >= this.places;
    if (hasWaited) await this.#turn(patienceMs);
    else this.#within += 1;
    try {
      return await work(hasWaited);
    } finally {
      this.#within -= 1;
      this.#letIn();
    }
  }

  #letIn(): void {
    const most = this.most();
    const together = Math.max(1, (most - this.places) / 2);
    if (most - this.#within < together) return;
    for (const enter of this.#waiting) {
      if (this.#within >= most) break;
      this.#within += 1;
      enter();
    }
  }

  #turn(patienceMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const enter = () => {
        clearTimeout(patience);
        this.#waiting.delete(enter);
        resolve();
      };
      const patience = setTimeout(() => {
        this.#waiting.delete(enter);
        reject(new DomainError('unavailable', 'Too much is waiting to be carried out; try again.'));
      }, patienceMs);
      this.#waiting.add(enter);
      this.#letIn();
    });
  }
}
