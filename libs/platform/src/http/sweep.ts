/** Those who are due are looked for together: alone, each would take a turn of the event loop. */
const lookEveryMs = 25;

/** Looks every so often for who is due, for as long as there is anybody to look for. */
export class Sweep {
  #isDue = false;

  /** @param look takes out who is due now, as `performance.now` counts, and returns whether anybody is left */
  constructor(private readonly look: (now: number) => boolean) {}

  /** To be called when somebody comes. */
  later(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    setTimeout(() => {
      this.#isDue = false;
      if (this.look(performance.now())) this.later();
    }, lookEveryMs).unref();
  }
}
