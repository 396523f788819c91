import { Injectable } from '@nestjs/common';
import { anotherPatient, type AccessLogEntryDto, type Page, type PageQuery } from '#contracts';
import {
  AccessLogRepository,
  Database,
  decodeCursor,
  defaultLimit,
  NotFound,
  toPage,
  type AccessPlace,
  type AccessRow,
  type Caller,
} from '#platform';
import { MergeRepository } from '../merge/merge.repository.ts';
import { PatientRepository } from '../patient/patient.repository.ts';
import type { PatientRow } from '../patient/patient.table.ts';

@Injectable()
export class AccessLogService {
  constructor(
    private readonly database: Database,
    private readonly patients: PatientRepository,
    private readonly merges: MergeRepository,
    private readonly entries: AccessLogRepository,
  ) {}

  /**
   * What was logged of a record and of those merged into it.
   * @throws NotFound
   */
  async list(
    caller: Caller,
    patientId: string,
    { limit = defaultLimit, cursor }: PageQuery,
  ): Promise<Page<AccessLogEntryDto>> {
    const [before] = decodeCursor(cursor, [isPlace]) ?? [];
    const { reader } = this.database;
    const patient = await this.patients.find(reader, patientId);
    if (!patient) throw new NotFound('patient');
    const ids = [patientId, ...(await this.merges.mergedInto(reader, patientId))];
    const rows = await this.entries.about(
      reader,
      ids,
      limit + 1,
      before === undefined ? undefined : placeOf(before),
    );
    const own = await this.#ownTokens(patient, rows);
    const isForPatient = caller.patientId !== undefined;
    return toPage(
      rows,
      limit,
      ({ seq, place }) => [`${seq}.${place}`],
      (row) => toDto(row, patientId, own, isForPatient),
    );
  }

  /** Of the patients with whose tokens it was, those who are this one: whose records are merged with this one. */
  async #ownTokens(patient: PatientRow, rows: readonly AccessRow[]): Promise<ReadonlySet<string>> {
    const { reader } = this.database;
    const tokens = new Set(rows.flatMap(({ patientToken }) => patientToken ?? []));
    tokens.delete(patient.id);
    const others = await this.patients.findAll(reader, [...tokens]);
    const survivors = await this.patients.survivorsOf(reader, [patient, ...others]);
    const keptOf = (id: string) => survivors.get(id)?.id ?? id;
    const own = others.filter(({ id }) => keptOf(id) === keptOf(patient.id));
    return new Set([patient.id, ...own.map(({ id }) => id)]);
  }
}

/** A row and a place in it, up to 18 and 9 digits: what fits into PostgreSQL's bigint and integer. */
const placePattern = /^(\d{1,18})(?:\.(\d{1,9}))?$/;

function isPlace(part: unknown): part is string {
  return typeof part === 'string' && placePattern.test(part);
}

/** Without a place it is of a version before, whose rows had one. */
function placeOf(text: string): AccessPlace {
  const [, seq = '', place = '1'] = placePattern.exec(text) ?? [];
  return { seq, place: Number(place) };
}

/** @param own the patients whose tokens are this patient's own */
function toDto(
  { at, patientId, caller, patientToken, action, route, status, purpose, requestId }: AccessRow,
  shownOf: string,
  own: ReadonlySet<string>,
  isForPatient: boolean,
): AccessLogEntryDto {
  const isOwn = patientToken !== null && own.has(patientToken);
  const isOthers = patientToken !== null && !isOwn;
  return {
    ...{ at, by: isForPatient && isOthers ? anotherPatient : caller, action, route, status, requestId },
    ...(isOwn && { byPatient: true }),
    ...(patientId !== shownOf && { record: patientId }),
    ...(purpose !== null && { purpose }),
  };
}
