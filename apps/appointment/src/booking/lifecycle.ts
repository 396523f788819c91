import type { AppointmentStatus } from '#contracts';

/** The statuses an appointment can move to from each; one step back from arrived, checked-in and noshow included. */
const transitions: Readonly<Record<AppointmentStatus, readonly AppointmentStatus[]>> = {
  booked: ['arrived', 'cancelled', 'noshow'],
  arrived: ['checked-in', 'cancelled', 'noshow', 'booked'],
  'checked-in': ['fulfilled', 'arrived'],
  noshow: ['booked'],
  cancelled: [],
  fulfilled: [],
};

export function allowedFrom(status: AppointmentStatus): readonly AppointmentStatus[] {
  return transitions[status];
}

/** Those in which an appointment occupies nobody. */
export const freeing: readonly AppointmentStatus[] = ['cancelled', 'noshow'];

/** Whether an appointment of this status occupies its practitioner, room and patient. */
export function occupies(status: AppointmentStatus): boolean {
  return !freeing.includes(status);
}
