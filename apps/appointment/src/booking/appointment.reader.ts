import { Injectable } from '@nestjs/common';
import {
  isId,
  isInstant,
  type AppointmentChangeDto,
  type AppointmentDto,
  type AppointmentQuery,
  type Page,
  type PageQuery,
} from '#contracts';
import { Database, decodeCursor, defaultLimit, toPage, toUtc } from '#platform';
import { toDto } from './appointment.record.ts';
import { AppointmentRepository, required } from './appointment.repository.ts';

/** Appointments and their histories, as they are read. */
@Injectable()
export class AppointmentReader {
  constructor(
    private readonly database: Database,
    private readonly appointments: AppointmentRepository,
  ) {}

  async find(id: string): Promise<AppointmentDto> {
    return toDto(required(await this.appointments.find(this.database.reader, id)));
  }

  async list(query: AppointmentQuery): Promise<Page<AppointmentDto>> {
    const { limit = defaultLimit, cursor } = query;
    const [start, id] = decodeCursor(cursor, [isInstant, isId]) ?? [];
    const after = start === undefined || id === undefined ? undefined : { start, id };
    const span = { ...(query.from && { from: toUtc(query.from) }), ...(query.to && { to: toUtc(query.to) }) };
    const rows = await this.appointments.list(this.database.reader, { ...query, ...span }, limit + 1, after);
    return toPage(rows, limit, (row) => [row.start, row.id], toDto);
  }

  /** The history of an appointment, oldest change first. */
  async history(
    id: string,
    { limit = defaultLimit, cursor }: PageQuery,
  ): Promise<Page<AppointmentChangeDto>> {
    const [after] = decodeCursor(cursor, [isVersion]) ?? [];
    const { reader } = this.database;
    required(await this.appointments.find(reader, id));
    const rows = await this.appointments.changes(reader, id, limit + 1, Number(after ?? 0));
    return toPage(
      rows,
      limit,
      ({ version }) => [String(version)],
      ({ version, at, by, what }) => ({ version, at, by, what }),
    );
  }
}

/** No more digits than the column can hold. */
function isVersion(value: unknown): value is string {
  return typeof value === 'string' && /^[1-9]\d{0,8}$/.test(value);
}
