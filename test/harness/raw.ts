import { connect, type Socket } from 'node:net';
import type { Problem } from './problem.ts';

/** Bytes that are sent as they are, and what came back until the other side closed or fell silent. */
export interface RawReply {
  readonly text: string;
  readonly status: number;
  /** Whether the other side closed the connection. */
  readonly closed: boolean;
}

const patienceMs = 10_000;

export class RawConnection {
  readonly #socket: Socket;
  #text = '';
  #closed = false;

  constructor(port: number) {
    this.#socket = connect(port, '127.0.0.1')
      .setEncoding('latin1')
      .setNoDelay()
      .on('data', (text: string) => (this.#text += text))
      .on('error', () => undefined)
      .on('close', () => (this.#closed = true));
  }

  write(text: string): void {
    if (!this.#closed) this.#socket.write(text, 'latin1');
  }

  get reply(): RawReply {
    return { text: this.#text, status: Number(this.#text.slice(9, 12)), closed: this.#closed };
  }

  /**
   * Waits until the other side closes, or for so many answers.
   * @throws Error when neither comes
   */
  async until(answers = Number.POSITIVE_INFINITY): Promise<RawReply> {
    const deadline = Date.now() + patienceMs;
    while (!this.#closed && this.#answers < answers) {
      if (Date.now() > deadline) throw new Error(`no end after ${patienceMs} ms: ${this.#text}`);
      await new Promise((next) => setTimeout(next, 5));
    }
    return this.reply;
  }

  end(): void {
    this.#socket.destroy();
  }

  get #answers(): number {
    let count = 0;
    for (const [head, length] of this.#text.matchAll(
      /HTTP\/1\.1 \d{3}[^]*?content-length: (\d+)[^]*?\r\n\r\n/gi,
    ))
      if (this.#text.length >= this.#text.indexOf(head) + head.length + Number(length)) count += 1;
    return count;
  }
}

/** One exchange, which is over with the first whole answer or when the other side closes. */
export async function exchangeRaw(port: number, bytes: string): Promise<RawReply> {
  const connection = new RawConnection(port);
  connection.write(bytes);
  const reply = await connection.until(1);
  connection.end();
  return reply;
}

export function bodyOf({ text }: RawReply): Problem {
  return JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4)) as Problem;
}

export const portOf = (url: string): number => Number(new URL(url).port);
