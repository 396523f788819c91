/** Somebody who can stand in a `Row`, one at a time; the row sets the links. */
export interface Standing<T> {
  ahead?: T | undefined;
  behind?: T | undefined;
}

/**
 * First come, first served, and anybody may go. A `Set` would do but for V8: its tables each refer to the one that took their
 * place, with all who stood in them. Once one has become old, so does all that comes through those after it, and who takes many
 * in and out spends a tenth of the time on collecting garbage.
 */
export class Row<T extends Standing<T>> {
  #first: T | undefined;
  #last: T | undefined;
  #size = 0;

  get first(): T | undefined {
    return this.#first;
  }

  get size(): number {
    return this.#size;
  }

  /** @param one who stands in no row */
  add(one: T): void {
    one.ahead = this.#last;
    if (this.#last) this.#last.behind = one;
    else this.#first = one;
    this.#last = one;
    this.#size += 1;
  }

  /** Nothing changes for whoever isn't there any more. */
  delete(one: T): void {
    const { ahead, behind } = one;
    if (!ahead && this.#first !== one) return;
    if (ahead) ahead.behind = behind;
    else this.#first = behind;
    if (behind) behind.ahead = ahead;
    else this.#last = ahead;
    // Whoever has gone keeps nobody.
    one.ahead = one.behind = undefined;
    this.#size -= 1;
  }
}
