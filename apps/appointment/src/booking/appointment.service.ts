import { Injectable } from '@nestjs/common';
import {
  isId,
  isInstant,
  type AppointmentDto,
  type AppointmentQuery,
  type AppointmentStatus,
  type Page,
  type StatusChangeInput,
} from '#contracts';
import {
  Database,
  decodeCursor,
  defaultLimit,
  DomainError,
  NotFound,
  nowUtc,
  toPage,
  toUtc,
  type Caller,
  type Connection,
} from '#platform';
import type { AppointmentRow } from '../tables.ts';
import { toDto } from './appointment.record.ts';
import { AppointmentRepository } from './appointment.repository.ts';
import { BookingService } from './booking.service.ts';
import { Claims } from './claims.ts';
import { allowedFrom, occupies } from './lifecycle.ts';

/** What becomes of appointments once they are booked. */
@Injectable()
export class AppointmentService {
  constructor(
    private readonly database: Database,
    private readonly appointments: AppointmentRepository,
    private readonly booking: BookingService,
    private readonly claims: Claims,
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

  async changeStatus(
    tx: Connection,
    caller: Caller,
    id: string,
    change: StatusChangeInput,
  ): Promise<AppointmentDto> {
    if (caller.patientId !== undefined && change.status !== 'cancelled')
      throw new DomainError('forbidden', 'With a patient’s own token an appointment can only be cancelled.');
    const current = required(await this.appointments.findForChange(tx, id));
    requireTransition(current.status, change.status);
    if (!occupies(change.status)) await this.claims.release(tx, id);
    else if (!occupies(current.status)) await this.booking.takeAgain(tx, current);
    const changed: AppointmentRow = {
      ...current,
      status: change.status,
      cancelReason: change.status === 'cancelled' ? (change.reason ?? null) : current.cancelReason,
      version: current.version + 1,
      updatedAt: nowUtc(),
    };
    await this.appointments.update(tx, changed);
    await this.appointments.noteChange(tx, changed, caller.subject, {
      action: 'status',
      from: current.status,
      to: changed.status,
      ...(change.reason !== undefined && { reason: change.reason }),
    });
    return toDto(changed);
  }
}

function required(appointment: AppointmentRow | undefined): AppointmentRow {
  if (!appointment) throw new NotFound('appointment');
  return appointment;
}

function requireTransition(from: AppointmentStatus, to: AppointmentStatus): void {
  const allowed = allowedFrom(from);
  if (!allowed.includes(to))
    throw new DomainError('transition_not_allowed', `The status can’t change from ${from} to ${to}.`, {
      allowed,
    });
}
