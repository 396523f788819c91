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
import { Database, decodeCursor, defaultLimit, Survivors, toPage, toUtc, type Caller } from '#platform';
import { historyPage } from '../history/history.ts';
import { AppointmentList } from './appointment.list.ts';
import { toDto } from './appointment.record.ts';
import { AppointmentRepository, required } from './appointment.repository.ts';

/** Appointments and their histories, as they are read. */
@Injectable()
export class AppointmentReader {
  constructor(
    private readonly database: Database,
    private readonly appointments: AppointmentRepository,
    private readonly appointmentList: AppointmentList,
    private readonly survivors: Survivors,
  ) {}

  async find(id: string): Promise<AppointmentDto> {
    return toDto(required(await this.appointments.find(this.database.reader, id)));
  }

  async list(query: AppointmentQuery, caller: Caller): Promise<Page<AppointmentDto>> {
    const { limit = defaultLimit, cursor } = query;
    const [start, id] = decodeCursor(cursor, [isInstant, isId]) ?? [];
    const after = start === undefined || id === undefined ? undefined : { start, id };
    const span = { ...(query.from && { from: toUtc(query.from) }), ...(query.to && { to: toUtc(query.to) }) };
    const meant = await this.survivors.meant(query, caller);
    const rows = await this.appointmentList.read({ ...meant, ...span }, limit + 1, after);
    return toPage(rows, limit, (row) => [row.start, row.id], toDto);
  }

  /** The history of an appointment, oldest change first. */
  history(id: string, query: PageQuery): Promise<Page<AppointmentChangeDto>> {
    const { reader } = this.database;
    return historyPage(query, async (limit, after) => {
      required(await this.appointments.find(reader, id));
      return this.appointments.changes(reader, id, limit, after);
    });
  }
}
