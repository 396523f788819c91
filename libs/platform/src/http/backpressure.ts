import type { Socket } from 'node:net';
import { Row, type Standing } from './row.ts';
import { Sweep } from './sweep.ts';

interface Paused extends Standing<Paused> {
  readonly socket: Socket;
  /** As `performance.now` counts. */
  readonly until: number;
}

/**
 * Connections that are not read from for a while: what is asked by them waits in the kernel, before anything is made of it.
 * First paused, first resumed.
 */
export class Backpressure {
  readonly #paused = new Row<Paused>();
  readonly #sweep = new Sweep((now) => this.#resumeLate(now));
  #isOver = false;

  /** @param longestMs after which a connection is resumed in any case */
  constructor(private readonly longestMs: number) {}

  /** How many connections are paused; that the other end has gone shows only once they are resumed. */
  get size(): number {
    return this.#paused.size;
  }

  /** Leaves alone whoever is paused already, by whatever it may be. */
  pause(socket: Socket): void {
    if (this.#isOver || socket.destroyed || socket.isPaused()) return;
    socket.pause();
    const until = performance.now() + this.longestMs;
    this.#paused.add({ socket, until, ahead: undefined, behind: undefined });
    this.#sweep.later();
  }

  resume(most: number): void {
    for (let left = most, { first } = this.#paused; first && left > 0; left -= 1, { first } = this.#paused) {
      this.#paused.delete(first);
      first.socket.resume();
    }
  }

  /** Resumes all, and pauses nobody from now on. */
  end(): void {
    this.#isOver = true;
    this.resume(this.size);
  }

  /** @returns whether anybody is still paused */
  #resumeLate(now: number): boolean {
    while ((this.#paused.first?.until ?? Infinity) <= now) this.resume(1);
    return this.size > 0;
  }
}
