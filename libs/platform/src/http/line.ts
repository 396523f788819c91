import { Row, type Standing } from './row.ts';
import { Sweep } from './sweep.ts';

/** How many a line lets work at once, and how long the others wait. */
export interface LineLimits {
  /** At work at once. */
  readonly places: number;
  /** Waiting at once; whoever comes on top is refused at once. */
  readonly waiting: number;
  /** So many may come in a rush and still wait for as long as `rushPatienceMs`. */
  readonly rush: number;
  readonly rushPatienceMs: number;
  /** While no more than these wait, whoever comes may wait for as long as that too. */
  readonly standing: number;
  /** How long the others wait. */
  readonly patienceMs: number;
  /** Whoever works longer than this has a place no more: the next need not wait for it. */
  readonly placeMs: number;
}

/** One of the two is called, once. */
interface Visitor {
  /** @param giveBack to be called when the work is done */
  readonly enter: (giveBack: () => void) => void;
  readonly refuse: () => void;
}

interface Waiting extends Visitor, Standing<Waiting> {
  /** As `performance.now` counts. */
  readonly until: number;
}

/**
 * A line before a few places at work, first come, first served. A rush is let in however long it takes; where more keep
 * coming than are served, nobody waits longer than is of use: see docs/decisions/0016-overload.md.
 */
export class Line {
  #atWork = 0;
  /** Who had to wait or was refused since at least half of the places were last free. */
  #inRush = 0;
  readonly #waiting = new Row<Waiting>();
  readonly #sweep = new Sweep((now) => this.#refuseLate(now));

  constructor(private readonly limits: LineLimits) {}

  get atWork(): number {
    return this.#atWork;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** @returns what whoever has to wait calls when they go before their turn */
  join({ enter, refuse }: Visitor): (() => void) | undefined {
    const { places, waiting, rush, rushPatienceMs, standing, patienceMs } = this.limits;
    if (this.#atWork < places) {
      this.#atWork += 1;
      this.#work(enter);
      return undefined;
    }
    this.#inRush += 1;
    if (this.#waiting.size >= waiting) {
      refuse();
      return undefined;
    }
    const mayWaitLong = this.#inRush <= rush || this.#waiting.size < standing;
    const until = performance.now() + (mayWaitLong ? rushPatienceMs : patienceMs);
    const visitor: Waiting = { enter, refuse, until, ahead: undefined, behind: undefined };
    this.#waiting.add(visitor);
    this.#sweep.later();
    return () => {
      this.#waiting.delete(visitor);
    };
  }

  /** @returns whether anybody still waits */
  #refuseLate(now: number): boolean {
    for (let visitor = this.#waiting.first, next = visitor; visitor; visitor = next) {
      next = visitor.behind;
      // A refusal may have made the next one go.
      if (visitor.until <= now && this.#waiting.delete(visitor)) visitor.refuse();
    }
    return this.#waiting.size > 0;
  }

  #work(enter: Visitor['enter']): void {
    let isOver = false;
    const giveBack = (): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      this.#handOn();
    };
    const timer = setTimeout(giveBack, this.limits.placeMs).unref();
    enter(giveBack);
  }

  #handOn(): void {
    const next = this.#waiting.first;
    if (next) {
      this.#waiting.delete(next);
      // Not from within the work that ended: a whole line of answers given at once would overflow the stack.
      queueMicrotask(() => {
        this.#work(next.enter);
      });
      return;
    }
    this.#atWork -= 1;
    if (this.#atWork * 2 <= this.limits.places) this.#inRush = 0;
  }
}
