import { Injectable } from '@nestjs/common';
import type { AccessLogEntryDto, Page, PageQuery } from '#contracts';
import {
  AccessLogRepository,
  Database,
  decodeCursor,
  defaultLimit,
  NotFound,
  toPage,
  type AccessRow,
} from '#platform';
import { PatientRepository } from '../patient/patient.repository.ts';

@Injectable()
export class AccessLogService {
  constructor(
    private readonly database: Database,
    private readonly patients: PatientRepository,
    private readonly entries: AccessLogRepository,
  ) {}

  /** @throws NotFound */
  async list(
    patientId: string,
    { limit = defaultLimit, cursor }: PageQuery,
  ): Promise<Page<AccessLogEntryDto>> {
    const [before] = decodeCursor(cursor, [isSequenceNumber]) ?? [];
    if (!(await this.patients.find(this.database.reader, patientId))) throw new NotFound('patient');
    const rows = await this.entries.about(this.database.reader, patientId, limit + 1, before);
    return toPage(rows, limit, ({ seq }) => [seq], toDto);
  }
}

/** Up to 18 digits: what fits into PostgreSQL's bigint. */
function isSequenceNumber(part: unknown): part is string {
  return typeof part === 'string' && /^\d{1,18}$/.test(part);
}

function toDto({
  at,
  caller,
  patientToken,
  action,
  route,
  status,
  purpose,
  requestId,
}: AccessRow): AccessLogEntryDto {
  return {
    ...{ at, by: caller, action, route, status, requestId },
    ...(patientToken !== null && { byPatient: true }),
    ...(purpose !== null && { purpose }),
  };
}
