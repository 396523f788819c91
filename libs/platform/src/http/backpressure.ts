import type { Socket } from 'node:net';
import { Row, type Standing } from './row.ts';

interface Held extends Standing<Held> {
  readonly socket: Socket;
  /** As `performance.now` counts. */
  readonly until: number;
}

/** Who has been held for long enough is looked for so often. */
const lookEveryMs = 25;

/**
 * Connections that are not read from for a while: what is asked by them waits unread, where it costs this process nothing.
 * First held, first released.
 */
export class Backpressure {
  readonly #held = new Row<Held>();
  #isLooking = false;
  #isOver = false;

  /** @param longestMs after which a connection is released in any case */
  constructor(private readonly longestMs: number) {}

  /** How many are held. */
  get size(): number {
    return this.#held.size;
  }

  /** Leaves alone what is not read from already: it is Node's, for a caller who doesn't take what was answered. */
  hold(socket: Socket): void {
    if (this.#isOver || socket.isPaused()) return;
    socket.pause();
    const until = performance.now() + this.longestMs;
    this.#held.add({ socket, until, ahead: undefined, behind: undefined });
    if (!this.#isLooking) this.#lookLater();
  }

  release(most: number): void {
    for (let left = most, { first } = this.#held; first && left > 0; left -= 1, { first } = this.#held) {
      this.#held.delete(first);
      first.socket.resume();
    }
  }

  /** Releases all, and holds nobody from now on. */
  end(): void {
    this.#isOver = true;
    this.release(this.size);
  }

  #lookLater(): void {
    this.#isLooking = true;
    setTimeout(() => {
      const now = performance.now();
      while ((this.#held.first?.until ?? Infinity) <= now) this.release(1);
      this.#isLooking = false;
      if (this.size > 0) this.#lookLater();
    }, lookEveryMs).unref();
  }
}
