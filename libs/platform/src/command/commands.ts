import { Injectable } from '@nestjs/common';
import { problems } from '#contracts';
import { Database, type Connection } from '../database/database.ts';
import { DomainError } from '../problem/domain-error.ts';
import { problemOf } from '../problem/problem.ts';
import { Answer } from './answer.ts';
import { fingerprintOf, type Command } from './command.ts';
import { IdempotencyRepository, type Key } from './idempotency.repository.ts';

/** Refusals that are answers: they are kept and replayed as a success is. */
const keptStatuses = new Set([404, 409, 422]);

/** Runs whatever changes something: one transaction, once per Idempotency-Key. */
@Injectable()
export class Commands {
  constructor(
    private readonly database: Database,
    private readonly idempotency: IdempotencyRepository,
  ) {}

  /**
   * Runs `effect` in one transaction. With a key, the key's row goes in first, so a concurrent duplicate waits on it,
   * and the answer is committed together with the effect: a crash leaves both or neither. A refusal rolls the effect
   * back to a savepoint and is itself the answer kept.
   */
  async run<T>(command: Command, effect: (tx: Connection) => Promise<Answer<T> | T>): Promise<Answer<T> | T> {
    const { idempotencyKey, caller } = command;
    if (idempotencyKey === undefined) return this.database.transaction(effect);
    const key: Key = { caller: caller.subject, key: idempotencyKey };
    const fingerprint = fingerprintOf(command);
    return this.database.transaction(async (tx) => {
      if (!(await this.idempotency.take(tx, key, fingerprint))) return this.#replay<T>(tx, key, fingerprint);
      const answer = await tx
        .transaction(effect)
        .catch((error: unknown) => refusalAsAnswer<T>(error, command));
      const kept = answer instanceof Answer ? answer : new Answer(200, answer);
      await this.idempotency.keep(tx, key, kept);
      return kept;
    });
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
