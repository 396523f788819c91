import type { SeriesDto } from '#contracts';
import { toDto as appointmentToDto } from '../booking/appointment.record.ts';
import type { AppointmentRow, SeriesRow } from '../tables.ts';

/** The series as the API tells it, its appointments as they are now. */
export function toDto(series: SeriesRow, appointments: readonly AppointmentRow[]): SeriesDto {
  const { id, typeId, patientId, practitionerId, roomId, start, reason, createdAt } = series;
  const { recurrence, onConflict, skipped } = series;
  return {
    ...{ id, typeId, patientId, practitionerId, start, recurrence, onConflict, skipped, createdAt },
    ...(roomId !== null && { roomId }),
    ...(reason !== null && { reason }),
    booked: appointments.map(appointmentToDto),
    version: appointments.reduce((changes, { version }) => changes + version - 1, 1),
  };
}
