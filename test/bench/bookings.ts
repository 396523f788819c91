import { repeat } from '../faults/outcome.ts';
import { ahead, type Clinic } from '../harness/clinic.ts';
import type { Bookings } from './bodies.ts';

/**
 * What so many practitioners of their own, open around the clock, can be booked for in a year. With several patients to each,
 * every time is asked for by all of them, one of whom can have it.
 */
export async function bookings(clinic: Clinic, practitioners: number, patientsEach = 1): Promise<Bookings> {
  const { id: typeId } = await clinic.type();
  const pairs = await repeat(practitioners, 4, async () => {
    const { id: practitionerId } = await clinic.practitioner([typeId]);
    return repeat(patientsEach, 1, async () => ({ practitionerId, patientId: (await clinic.patient()).id }));
  });
  return { kind: 'bookings', typeId, pairs: pairs.flat(), first: ahead(2, '00:00') };
}
