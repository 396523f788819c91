import { Injectable, Logger } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { problems, type AccessAction } from '#contracts';
import { ownersIn } from '../access/access.decorator.ts';
import { Answer } from '../command/answer.ts';
import { Database, type Connection } from '../database/database.ts';
import { isDisconnect, isRetryable } from '../database/faults.ts';
import { Gathered } from '../database/gathered.ts';
import { DomainError, MalformedId } from '../problem/domain-error.ts';
import { AccessLogRepository } from './access-log.repository.ts';
import type { AccessEntry, AccessKeeper, PatientAccess } from './patient-access.ts';
import { personsAtTop } from './persons.ts';

/** Refusals of a request as such, which tell nothing: it can't be read, is not valid, or lacks If-Match. */
const untold = new Set([400, 413, 415, 428]);

/** Writes down who saw or changed what is known of a patient, before anybody is answered. */
@Injectable()
export class AccessLog implements AccessKeeper {
  readonly #logger = new Logger('AccessLog');
  /** All that come while two inserts are under way share the next one, and its commit. */
  readonly #gathered: Gathered<AccessEntry, undefined>;

  constructor(
    private readonly database: Database,
    private readonly entries: AccessLogRepository,
    private readonly modules: ModuleRef,
  ) {
    this.#gathered = new Gathered(
      database.reader,
      async (connection, together) => {
        await entries.insert(connection, together);
        return together.map(() => undefined);
      },
      ({ patientIds }) => patientIds.length,
    );
  }

  /** What is to be logged of a change, or of its refusal, which `tx` makes; undefined when it was about nobody. */
  async changeOf(
    tx: Connection,
    access: PatientAccess | undefined,
    result: unknown,
    action?: AccessAction,
  ): Promise<AccessEntry | undefined> {
    return access && this.#entryOf(tx, access, result, action);
  }

  /**
   * Logs a change by its own transaction.
   * @throws DomainError unavailable when it can't be written down
   */
  async logChange(tx: Connection, entry: AccessEntry | undefined): Promise<void> {
    if (entry) await this.#written(() => this.entries.insert(tx, [entry]));
  }

  async logRead(access: PatientAccess, result: unknown): Promise<void> {
    await this.#keep(await this.#entryOf(this.database.reader, access, result));
  }

  async logFailure(access: PatientAccess, error: unknown): Promise<unknown> {
    if (!isTelling(error)) return error;
    try {
      await this.#logRefusal(access, error);
      return error;
    } catch (failure) {
      return failure;
    }
  }

  async #logRefusal(access: PatientAccess, { code, members }: DomainError): Promise<void> {
    const patientIds = await this.#patientIds(this.database.reader, access, members);
    if (patientIds.length === 0 && access.isAboutNobody) return;
    await this.#keep(access.entry(problems[code].status, patientIds));
  }

  async #entryOf(
    connection: Connection,
    access: PatientAccess,
    result: unknown,
    action?: AccessAction,
  ): Promise<AccessEntry | undefined> {
    const body = result instanceof Answer ? (result.body as unknown) : result;
    const patientIds = await this.#patientIds(connection, access, body);
    if (patientIds.length === 0 && access.isAboutNobody) return undefined;
    return access.entry(access.statusOf(result), patientIds, body, action);
  }

  /** Those whom request or answer names and, unless the answer is the record itself, those whose the path's record is. */
  async #patientIds(connection: Connection, access: PatientAccess, answer: unknown): Promise<string[]> {
    const ids = access.patientIds(answer);
    const { rule, recordId } = access;
    const repository = ownersIn(rule.patient);
    if (!repository || recordId === undefined || personsAtTop(answer).length > 0) return ids;
    const owners = await this.modules.get(repository, { strict: false }).ownersOf(connection, recordId);
    return [...new Set([...ids, ...owners])];
  }

  async #keep(entry: AccessEntry | undefined): Promise<void> {
    if (entry) await this.#written(() => this.#gathered.get(this.database.reader, entry));
  }

  async #written(write: () => Promise<unknown>): Promise<void> {
    try {
      await write();
    } catch (error) {
      // Then the change is made again; or nobody knows what became of it; or the client has been told why.
      if (isRetryable(error) || isDisconnect(error) || error instanceof DomainError) throw error;
      this.#logger.error({ err: error }, 'an access could not be logged and was not answered');
      throw new DomainError('unavailable', 'The access can’t be logged for the moment; try again.');
    }
  }
}

function isTelling(error: unknown): error is DomainError {
  // A path without an id names nobody, whoever may be found under it.
  if (!(error instanceof DomainError) || error instanceof MalformedId) return false;
  const { status } = problems[error.code];
  return status < 500 && !untold.has(status);
}
