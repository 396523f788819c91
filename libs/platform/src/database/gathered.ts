import type { Connection } from './database.ts';

/** Callers that one statement answers at the most. */
const mostAtOnce = 64;

interface Waiting<Key, Value> {
  key: Key;
  resolve: (value: Value) => void;
  reject: (error: unknown) => void;
}

/**
 * Reads of one kind outside of transactions, gathered under load: while a statement is under way, those who come wait
 * and share the next, so each reads what was there after it asked. In a transaction everybody reads for himself.
 */
export class Gathered<Key, Value> {
  #waiting: Waiting<Key, Value>[] = [];
  #isReading = false;

  /** @param read answers keys in their order */
  constructor(
    private readonly reader: Connection,
    private readonly read: (connection: Connection, keys: readonly Key[]) => Promise<readonly Value[]>,
  ) {}

  async get(connection: Connection, key: Key): Promise<Value> {
    if (connection !== this.reader) {
      const [value] = await this.read(connection, [key]);
      return value as Value;
    }
    return new Promise<Value>((resolve, reject) => {
      this.#waiting.push({ key, resolve, reject });
      if (!this.#isReading) void this.#readOn();
    });
  }

  async #readOn(): Promise<void> {
    this.#isReading = true;
    while (this.#waiting.length > 0) {
      const together = this.#waiting.splice(0, mostAtOnce);
      try {
        const values = await this.read(
          this.reader,
          together.map(({ key }) => key),
        );
        for (const [index, { resolve }] of together.entries()) resolve(values[index] as Value);
      } catch (error) {
        for (const { reject } of together) reject(error);
      }
    }
    this.#isReading = false;
  }
}
