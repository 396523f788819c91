import { DomainError } from '../problem/domain-error.ts';

/** Lets so many in at a time; the others wait their turn, but not for ever. */
export class Gate {
  /** In the order they came. */
  readonly #waiting = new Set<() => void>();

  constructor(private free: number) {}

  /**
   * @param patienceMs how long it may wait for its turn
   * @param work is told whether it had to wait
   * @throws DomainError unavailable when its turn doesn't come in time
   */
  async run<T>(patienceMs: number, work: (hasWaited: boolean) => Promise<T>): Promise<T> {
    const hasWaited = this.free === 0;
    if (hasWaited) await this.#turn(patienceMs);
    else this.free -= 1;
    try {
      return await work(hasWaited);
    } finally {
      const [next] = this.#waiting;
      if (next) next();
      else this.free += 1;
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
    });
  }
}
