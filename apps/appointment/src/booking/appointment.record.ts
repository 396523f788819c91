import type { AppointmentDto, OverrideDto, PlaceDto } from '#contracts';
import { nowUtc, toUtc } from '#platform';
import type { AppointmentRow, TypeRow } from '../tables.ts';

/** What makes a new appointment, once its time is taken. */
export interface Booked {
  id: string;
  /** Durations as they are fixed by the booking, in minutes. */
  type: Pick<TypeRow, 'id' | 'minutes' | 'bufferBefore' | 'bufferAfter'>;
  patientId: string;
  practitionerId: string;
  roomId: string | null;
  /** An instant of the API. */
  start: string;
  reason?: string | undefined;
  override?: OverrideDto | undefined;
  seriesId?: string | undefined;
}

export function newAppointment({ id, type, start, ...booked }: Booked): AppointmentRow {
  const now = nowUtc();
  return {
    id,
    status: 'booked',
    patientId: booked.patientId,
    practitionerId: booked.practitionerId,
    roomId: booked.roomId,
    ...timeOf(type, start),
    reason: booked.reason ?? null,
    cancelReason: null,
    overrideReason: booked.override?.reason ?? null,
    overrideBy: booked.override?.by ?? null,
    seriesId: booked.seriesId ?? null,
    homeId: null,
    patientConflict: false,
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
}

/** When an appointment of a type takes place; the durations stay when the type changes later. */
export function timeOf(
  { id: typeId, minutes, bufferBefore, bufferAfter }: Booked['type'],
  startText: string,
): Pick<AppointmentRow, 'typeId' | 'start' | 'end' | 'minutes' | 'bufferBefore' | 'bufferAfter'> {
  const start = toUtc(startText);
  const end = Temporal.Instant.from(start).add({ minutes }).toString();
  return { typeId, start, end, minutes, bufferBefore, bufferAfter };
}

/** The appointment as the API tells it; what is null in the table is absent there. */
export function toDto(row: AppointmentRow): AppointmentDto {
  const { id, status, typeId, patientId, end, minutes, version, createdAt, updatedAt } = row;
  const { reason, cancelReason, overrideReason, overrideBy, seriesId, patientConflict } = row;
  return {
    id,
    status,
    typeId,
    patientId,
    ...placeOf(row),
    end,
    minutes,
    ...(reason !== null && { reason }),
    ...(cancelReason !== null && { cancelReason }),
    ...(overrideReason !== null &&
      overrideBy !== null && { override: { reason: overrideReason, by: overrideBy } }),
    ...(patientConflict && { patientConflict }),
    ...(seriesId !== null && { seriesId }),
    version,
    createdAt,
    updatedAt,
  };
}

export function placeOf({
  start,
  practitionerId,
  roomId,
}: Pick<AppointmentRow, 'start' | 'practitionerId' | 'roomId'>): PlaceDto {
  return { start, practitionerId, ...(roomId !== null && { roomId }) };
}
