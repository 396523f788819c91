import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Config } from '../config/config.ts';
import { Database, type Connection } from '../database/database.ts';
import { Round } from '../round.ts';
import { sealed, type Seal } from './chain.ts';
import { SealRepository } from './seal.repository.ts';

const everyMs = 5_000;
const tellEveryMs = 60_000;
/** Few, since nobody else is answered while they are hashed. */
const rowsAtOnce = 500;
/** Many rows take as long as this to be sealed, if they can: done at once, they would hold up all who ask meanwhile. */
const spreadOverMs = 4_000;
/** Our own transactions are over long before. Whatever else runs as long keeps nothing from being sealed. */
const patienceMs = 240_000;
/** While a service runs, a row is sealed sooner: in the rest of one such wait, the next, and some rounds. */
export const sealedWithinMs = 600_000;

/** Rows up to a number, and an id that whoever may still add one of them has a lower one than. */
interface Mark {
  seq: number;
  before: bigint;
  made: number;
}

/**
 * Chains the rows of the access log by hash, in the order of their numbers, so that a change of one is found by whoever
 * follows the chain. A number is given out before its row can be seen, and perhaps to a transaction that is rolled back:
 * so rows are sealed once every transaction has ended that was there when the newest of them was seen. (An insert takes
 * its transaction's id before its numbers.) Every process tries; one at a time seals.
 */
@Injectable()
export class Sealer extends Round {
  #mark: Mark | undefined;
  #head: Seal | undefined;
  #toldAt = performance.now();

  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly seals: SealRepository,
  ) {
    super('AccessLog', everyMs, 'the access log could not be sealed and will be next time');
  }

  protected async work(): Promise<void> {
    const upTo = await this.database.transaction((tx) => this.#settled(tx));
    if (upTo !== undefined) await this.#sealUpTo(upTo);
    if (performance.now() - this.#toldAt < tellEveryMs) return;
    this.#head = await this.seals.last(this.database.reader);
    this.#tell();
  }

  override onApplicationShutdown(): void {
    super.onApplicationShutdown();
    this.#tell();
  }

  /** The number up to which no row can be added any more; undefined when that is not known yet. */
  async #settled(tx: Connection): Promise<number | undefined> {
    const mark = this.#mark;
    if (mark && !(await this.#isSettled(tx, mark))) return undefined;
    const seq = await this.seals.newest(tx);
    if (seq > (mark?.seq ?? 0))
      // In this order: whoever has been given a number up to that one has an id by now.
      this.#mark = { seq, before: await this.seals.nextTransaction(tx), made: performance.now() };
    return mark?.seq;
  }

  async #isSettled(tx: Connection, { before, made }: Mark): Promise<boolean> {
    if ((await this.seals.oldestTransaction(tx)) >= before) return true;
    const waitedMs = Math.round(performance.now() - made);
    if (waitedMs <= patienceMs) return false;
    this.logger.warn({ waitedMs }, 'the access log is sealed without waiting any longer for a transaction');
    return true;
  }

  async #sealUpTo(upTo: number): Promise<void> {
    const sealSome = () => this.database.transaction((tx) => this.#sealSome(tx, upTo));
    const end = performance.now() + spreadOverMs;
    for (let left = await sealSome(); left > 0; left = await sealSome()) {
      const untilEnd = Math.max(0, end - performance.now());
      await sleep(untilEnd / Math.ceil(left / rowsAtOnce), undefined, { ref: false });
      if (this.isStopping) return;
    }
  }

  /** @returns how many are left, at the most */
  async #sealSome(tx: Connection, upTo: number): Promise<number> {
    if (!(await this.seals.lock(tx, this.config.service))) return 0;
    const last = await this.seals.last(tx);
    const rows = await this.seals.rows(tx, last, upTo, rowsAtOnce);
    this.#head = last;
    const seals = sealed(last, rows);
    const newest = seals.at(-1);
    if (!newest) return 0;
    await this.seals.insert(tx, seals);
    this.#head = newest;
    return rows.length < rowsAtOnce ? 0 : upTo - newest.seq;
  }

  /** A head that is kept elsewhere, as the log is, shows whether the chain was cut off or written anew. */
  #tell(): void {
    if (!this.#head) return;
    const { position, hash } = this.#head;
    this.logger.log({ position, hash }, 'access log sealed');
    this.#toldAt = performance.now();
  }
}
