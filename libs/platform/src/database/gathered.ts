import { setImmediate as nextTurn } from 'node:timers/promises';
import { DomainError } from '../problem/domain-error.ts';
import type { Connection } from './database.ts';

/** While one statement is under way, the process has the answers of another to give. */
const mostUnderWay = 2;
/** Callers that one statement answers at the most, and what they may weigh together. */
const [mostAtOnce, heaviestAtOnce] = [32, 2_000];
/** Turns of the event loop that a statement waits for others at the most. */
const mostTurns = 3;
/** So many are answered within a second or two; of more, each would hold an answer in memory for longer and longer. */
const mostWaiting = 10_000;
/** A statement takes milliseconds. Where neither of two has ended by then, the database is away, and whoever waits is told. */
const patienceMs = 5_000;

interface Waiting<Key, Value> {
  key: Key;
  since: number;
  resolve: (value: Value) => void;
  reject: (error: unknown) => void;
}

/**
 * Statements of one kind outside of transactions, gathered under load: those who ask at once share one, and while two are
 * under way, those who come wait and share the next. So each reads what was there after it asked. In a transaction everybody
 * reads for himself.
 */
export class Gathered<Key, Value> {
  #waiting: Waiting<Key, Value>[] = [];
  /** A statement is about to begin, with all who come until then. */
  #isGathering = false;
  #underWay = 0;
  /** When the last of them began. */
  #begun = 0;

  /**
   * @param read answers keys in their order
   * @param weightOf what a key adds to a statement, where that differs
   */
  constructor(
    private readonly reader: Connection,
    private readonly read: (connection: Connection, keys: readonly Key[]) => Promise<readonly Value[]>,
    private readonly weightOf: (key: Key) => number = () => 1,
  ) {}

  /** @throws DomainError unavailable when too many wait, or the database doesn't answer */
  async get(connection: Connection, key: Key): Promise<Value> {
    if (connection !== this.reader) {
      const [value] = await this.read(connection, [key]);
      return value as Value;
    }
    const now = performance.now();
    const isHeldUp = this.#underWay === mostUnderWay && now - this.#begun > patienceMs;
    if (this.#waiting.length >= mostWaiting || isHeldUp) throw tooMuch();
    return new Promise<Value>((resolve, reject) => {
      this.#waiting.push({ key, since: now, resolve, reject });
      this.#beginNext();
    });
  }

  #beginNext(): void {
    if (this.#waiting.length > 0 && !this.#isGathering && this.#underWay < mostUnderWay)
      void this.#readNext();
  }

  async #readNext(): Promise<void> {
    this.#isGathering = true;
    await this.#gather();
    this.#isGathering = false;
    this.#refuseOld(performance.now() - patienceMs);
    const together = this.#waiting.splice(0, this.#countAtOnce());
    if (together.length > 0) await this.#answer(together);
  }

  async #answer(together: readonly Waiting<Key, Value>[]): Promise<void> {
    this.#underWay += 1;
    this.#begun = performance.now();
    this.#beginNext();
    try {
      const values = await this.read(
        this.reader,
        together.map(({ key }) => key),
      );
      for (const [index, { resolve }] of together.entries()) resolve(values[index] as Value);
    } catch (error) {
      for (const { reject } of together) reject(error);
    } finally {
      this.#underWay -= 1;
      this.#beginNext();
    }
  }

  /** Until a turn of the event loop brings nobody else: who asks because of what came in together goes together. */
  async #gather(): Promise<void> {
    for (let turn = 0, count = 0; turn < mostTurns && this.#waiting.length < mostAtOnce; turn += 1) {
      if (this.#waiting.length === count) return;
      count = this.#waiting.length;
      await nextTurn();
    }
  }

  /** Those who came first wait in front. */
  #refuseOld(before: number): void {
    const fresh = this.#waiting.findIndex(({ since }) => since >= before);
    const old = this.#waiting.splice(0, fresh === -1 ? this.#waiting.length : fresh);
    for (const { reject } of old) reject(tooMuch());
  }

  /** How many of those in front go into one statement: one at least. */
  #countAtOnce(): number {
    let [count, weight] = [0, 0];
    for (const { key } of this.#waiting.slice(0, mostAtOnce)) {
      weight += this.weightOf(key);
      if (count > 0 && weight > heaviestAtOnce) break;
      count += 1;
    }
    return count;
  }
}

function tooMuch(): DomainError {
  return new DomainError('unavailable', 'Too much waits for the database for the moment; try again.');
}

/** Rows by their ids, undefined where there is none. */
export function gatheredById<Row extends { readonly id?: unknown }>(
  reader: Connection,
  read: (connection: Connection, ids: readonly string[]) => Promise<readonly Row[]>,
): Gathered<string, Row | undefined> {
  return new Gathered(reader, async (connection, ids) => {
    const rows = await read(connection, ids);
    const byId = new Map(rows.map((row) => [row.id, row]));
    return ids.map((id) => byId.get(id.toLowerCase()));
  });
}
