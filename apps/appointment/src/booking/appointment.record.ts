import type { AppointmentDto } from '#contracts';
import type { AppointmentRow } from '../tables.ts';

/** The appointment as the API tells it; what is null in the table is absent there. */
export function toDto(row: AppointmentRow): AppointmentDto {
  const {
    id,
    status,
    typeId,
    patientId,
    practitionerId,
    start,
    end,
    minutes,
    version,
    createdAt,
    updatedAt,
  } = row;
  return {
    id,
    status,
    typeId,
    patientId,
    practitionerId,
    ...(row.roomId !== null && { roomId: row.roomId }),
    start,
    end,
    minutes,
    ...(row.reason !== null && { reason: row.reason }),
    ...(row.cancelReason !== null && { cancelReason: row.cancelReason }),
    version,
    createdAt,
    updatedAt,
  };
}
