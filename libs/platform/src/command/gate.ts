import { DomainError } from '../problem/domain-error.ts';

/** Lets so many in at a time; the others wait their turn, but not for ever. */
export class Gate {
  /** In the order they came. */
  readonly #waiting = new Set<() => void>();
  #within = 0;

  /**
   * @param places whoever finds one of these free goes in at once
   * @param most how many may be in, as things are, no fewer than those. Where they are more, those who wait are let in up to
   * there when half of what there is on top is free: many together, who can share what they do
   */
  constructor(
    private readonly places: number,
    private readonly most: () => number = () => places,
  ) {}

  /**
   * @param patienceMs how long it may wait for its turn
   * @param work is told whether all places were taken when it came
   * @throws DomainError unavailable when its turn doesn't come in time
   */
  async run<T>(patienceMs: number, work: (isCrowded: boolean) => Promise<T>): Promise<T> {
    const isCrowded = this.#within >= this.places;
    if (isCrowded) await this.#turn(patienceMs);
    else this.#within += 1;
    try {
      return await work(isCrowded);
    } finally {
      this.#within -= 1;
      this.#letIn();
    }
  }

  #letIn(): void {
    const most = this.most();
    if (this.#within > (this.places + most) / 2) return;
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
