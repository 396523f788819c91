import {
  waitlistPriorities,
  type WaitlistEntryDto,
  type WaitlistOfferDto,
  type WaitlistPriority,
  type WaitlistStatus,
} from '#contracts';
import type { WaitlistRow } from '../tables.ts';

/** The columns of an entry to which nothing is offered. */
export const nothingOffered = {
  holdId: null,
  offerStart: null,
  offerPractitionerId: null,
  offerExpiresAt: null,
} as const;

/** Lower comes first. */
export function rankOf(priority: WaitlistPriority): number {
  return waitlistPriorities.indexOf(priority);
}

/** What is offered to the entry, whether or not it has run out. */
export function offerOf({
  holdId,
  offerStart,
  offerPractitionerId,
  offerExpiresAt,
}: WaitlistRow): WaitlistOfferDto | undefined {
  if (holdId === null || offerStart === null || offerPractitionerId === null || offerExpiresAt === null)
    return undefined;
  return { holdId, start: offerStart, practitionerId: offerPractitionerId, expiresAt: offerExpiresAt };
}

/** What an entry is at a moment, whether or not anybody has noted that yet. */
export function statusAt({ status, latest, offerExpiresAt }: WaitlistRow, now: number): WaitlistStatus {
  const isLive = offerExpiresAt !== null && Date.parse(offerExpiresAt) > now;
  if (status === 'offered' && isLive) return 'offered';
  if (status === 'offered' || status === 'waiting') return Date.parse(latest) < now ? 'expired' : 'waiting';
  return status;
}

/** The entry as the API tells it at a moment, epoch milliseconds. */
export function toDto(row: WaitlistRow, now: number): WaitlistEntryDto {
  const { id, patientId, typeId, practitionerId, earliest, latest, rank, appointmentId } = row;
  const { version, createdAt, updatedAt } = row;
  const status = statusAt(row, now);
  const offer = status === 'offered' ? offerOf(row) : undefined;
  return {
    id,
    status,
    patientId,
    typeId,
    ...(practitionerId !== null && { practitionerId }),
    earliest,
    latest,
    priority: waitlistPriorities[rank] ?? 'routine',
    ...(offer && { offer }),
    ...(appointmentId !== null && { appointmentId }),
    version,
    createdAt,
    updatedAt,
  };
}
