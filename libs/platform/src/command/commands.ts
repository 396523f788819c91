import { Injectable } from '@nestjs/common';
import { problems, type AccessAction } from '#contracts';
import { AccessLog } from '../audit/access-log.ts';
import { Database, savepoint, type Connection } from '../database/database.ts';
import { DomainError } from '../problem/domain-error.ts';
import { problemOf } from '../problem/problem.ts';
import { Answer } from './answer.ts';
import { Gate } from './gate.ts';
import { fingerprintOf, type Command } from './command.ts';
import { IdempotencyRepository, type Key } from './idempotency.repository.ts';

/** Refusals that are answers: they are kept and replayed as a success is. */
const keptStatuses = new Set([404, 409, 422]);

/** Of the pool, however many commands there are: reads and the queue go on beside them. */
const connectionsForReaders = 2;

/** So many commands are under way for each that can be carried out, while they look ahead: their reads are shared. */
const foreseeingPerTransaction = 8;

/** A caller who waits longer has most likely gone: what is then done for nobody keeps the others waiting. */
const patienceMs = 20_000;

/** Runs whatever changes something: one transaction, once per Idempotency-Key. */
@Injectable()
export class Commands {
  readonly #underWay: Gate;
  readonly #transactions: Gate;
  /** The last whose command can be foreseen: where one found taken what they wanted, the next may too. */
  #cameInVain = false;

  constructor(
    private readonly database: Database,
    private readonly idempotency: IdempotencyRepository,
    private readonly accesses: AccessLog,
  ) {
    const transactions = Math.max(1, database.pool.options.max - connectionsForReaders);
    this.#transactions = new Gate(transactions);
    this.#underWay = new Gate(
      transactions,
      () => transactions * (this.#cameInVain ? foreseeingPerTransaction : 1),
    );
  }

  /**
   * Runs `effect` in one transaction. With a key, the key's row goes in first, so a concurrent duplicate waits on it,
   * and the answer is committed together with the effect: a crash leaves both or neither. A refusal rolls the effect
   * back to a savepoint and is itself the answer kept. What the transaction answers stands in the access log by its
   * own commit.
   *
   * Commands wait for their turn before they look at anything: what waited long is judged by what is there then.
   * @param foresee refuses, by reads that lock nothing, what is in vain by then: of many who want one thing, most come
   *   too late. Only a crowd is worth it, and only after one came in vain; a refusal that is to be kept under a key comes
   *   of the effect alone
   */
  async run<T>(
    command: Command,
    effect: (tx: Connection) => Promise<Answer<T> | T>,
    foresee?: () => Promise<void>,
  ): Promise<Answer<T> | T> {
    const { idempotencyKey } = command;
    const until = performance.now() + patienceMs;
    const patienceLeft = () => until - performance.now();
    return this.#underWay.run(patienceLeft(), async (isCrowded) => {
      const carryOut = () =>
        this.#transactions.run(patienceLeft(), () =>
          idempotencyKey === undefined
            ? this.#transaction(command, async (tx) => ({ answer: await effect(tx) }))
            : this.#runOnce(command, idempotencyKey, effect),
        );
      if (!foresee || idempotencyKey !== undefined) return carryOut();
      return this.#lookingAhead(isCrowded, foresee, carryOut);
    });
  }

  async #lookingAhead<T>(
    isCrowded: boolean,
    foresee: () => Promise<void>,
    carryOut: () => Promise<T>,
  ): Promise<T> {
    try {
      if (isCrowded && this.#cameInVain) await foresee();
      const answer = await carryOut();
      this.#cameInVain = false;
      return answer;
    } catch (error) {
      if (error instanceof DomainError && problems[error.code].status === 409) this.#cameInVain = true;
      throw error;
    }
  }

  async #runOnce<T>(
    command: Command,
    idempotencyKey: string,
    effect: (tx: Connection) => Promise<Answer<T> | T>,
  ): Promise<Answer<T>> {
    const { caller } = command;
    const key: Key = { caller: caller.subject, key: idempotencyKey };
    const fingerprint = fingerprintOf(command);
    return this.#transaction(command, async (tx) => {
      if (!(await this.idempotency.take(tx, key, fingerprint))) {
        // Nothing is done once more, but it is told once more.
        return { answer: await this.#replay<T>(tx, key, fingerprint), action: 'read' };
      }
      const answer = await savepoint(tx, effect).catch((error: unknown) =>
        refusalAsAnswer<T>(error, command),
      );
      const kept = answer instanceof Answer ? answer : new Answer(200, answer);
      await this.idempotency.keep(tx, key, kept);
      return { answer: kept };
    });
  }

  /** One transaction, by whose commit its answer is in the access log. */
  async #transaction<T>(
    { access }: Command,
    work: (tx: Connection) => Promise<{ answer: T; action?: AccessAction }>,
  ): Promise<T> {
    const { answer } = await this.database.transaction(
      async (tx) => {
        access?.startAgain();
        const { answer, action } = await work(tx);
        return { answer, entry: await this.accesses.changeOf(tx, access, answer, action) };
      },
      (tx, { entry }) => this.accesses.logChange(tx, entry),
    );
    if (access) access.isLogged = true;
    return answer;
  }

  async #replay<T>(tx: Connection, key: Key, fingerprint: string): Promise<Answer<T>> {
    const kept = await this.idempotency.kept(tx, key);
    if (!kept)
      throw new DomainError('unavailable', 'The kept answer has just expired; send the request again.');
    if (kept.fingerprint !== fingerprint)
      throw new DomainError(
        'idempotency_key_reused',
        'Idempotency-Key was used for another body or path; take a new key.',
      );
    return new Answer(kept.status, kept.body as T, { location: kept.location ?? undefined, replayed: true });
  }
}

function refusalAsAnswer<T>(error: unknown, command: Command): Answer<T> {
  if (!(error instanceof DomainError) || !keptStatuses.has(problems[error.code].status)) throw error;
  return new Answer(problems[error.code].status, problemOf(error, command.path) as T);
}
