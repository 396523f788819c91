import { Injectable, Logger } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { problems, type AccessAction } from '#contracts';
import { Answer } from '../command/answer.ts';
import { Database, type Connection } from '../database/database.ts';
import { Gathered } from '../database/gathered.ts';
import { DomainError } from '../problem/domain-error.ts';
import { AccessLogRepository } from './access-log.repository.ts';
import type { AccessEntry, PatientAccess } from './patient-access.ts';

/** Writes down who saw or changed what is known of a patient, before anybody is answered. */
@Injectable()
export class AccessLog {
  readonly #logger = new Logger('AccessLog');
  /** All that come while one insert is under way share the next one, and its commit. */
  readonly #gathered: Gathered<AccessEntry, undefined>;

  constructor(
    private readonly database: Database,
    private readonly entries: AccessLogRepository,
    private readonly modules: ModuleRef,
  ) {
    this.#gathered = new Gathered(database.reader, async (connection, together) => {
      await entries.insert(connection, together);
      return together.map(() => undefined);
    });
  }

  /** Logs a change, or its refusal, by the change's own transaction. */
  async logChange(
    tx: Connection,
    access: PatientAccess | undefined,
    result: unknown,
    action?: AccessAction,
  ): Promise<void> {
    const entry = access && (await this.#entryOf(access, result, action));
    if (entry) await this.entries.insert(tx, [entry]);
  }

  /**
   * Logs what was read, and waits until it is kept.
   * @throws DomainError unavailable when it can't be written down
   */
  async logRead(access: PatientAccess, result: unknown): Promise<void> {
    await this.#keep(await this.#entryOf(access, result));
  }

  /**
   * Logs that somebody was refused, and waits until it is kept.
   * @throws DomainError unavailable when it can't be written down
   */
  async logRefusal(access: PatientAccess, { code, members }: DomainError): Promise<void> {
    await this.#keep(access.entry(problems[code].status, await this.#patientIds(access, members)));
  }

  async #entryOf(
    access: PatientAccess,
    result: unknown,
    action?: AccessAction,
  ): Promise<AccessEntry | undefined> {
    const isAnswer = result instanceof Answer;
    const body = isAnswer ? (result.body as unknown) : result;
    const patientIds = await this.#patientIds(access, body);
    if (patientIds.length === 0 && access.isAboutNobody) return undefined;
    return access.entry(isAnswer ? result.status : access.defaultStatus, patientIds, body, action);
  }

  /** Where neither request nor answer tells whom it is about, whose the record is that the path names. */
  async #patientIds(access: PatientAccess, answer: unknown): Promise<string[]> {
    const ids = access.patientIds(answer);
    const { rule, recordId } = access;
    if (ids.length > 0 || rule.patient.kind !== 'owner' || recordId === undefined) return ids;
    const owner = await this.modules.get(rule.patient.repository, { strict: false }).ownerOf(recordId);
    return owner === undefined ? [] : [owner];
  }

  async #keep(entry: AccessEntry | undefined): Promise<void> {
    if (!entry) return;
    try {
      await this.#gathered.get(this.database.reader, entry);
    } catch (error) {
      this.#logger.error({ err: error }, 'an access could not be logged and was not answered');
      throw new DomainError('unavailable', 'The access can’t be logged for the moment; try again.');
    }
  }
}
