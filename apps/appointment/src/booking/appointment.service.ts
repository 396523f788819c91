import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import type { AppointmentDto, AppointmentStatus, RescheduleInput, StatusChangeInput } from '#contracts';
import { DomainError, nowUtc, type Caller, type Connection } from '#platform';
import { FollowingService } from '../following/following.service.ts';
import { PatientRepository } from '../patient/patient.repository.ts';
import type { AppointmentRow } from '../tables.ts';
import { placeOf, timeOf, toDto } from './appointment.record.ts';
import { AppointmentRepository, required } from './appointment.repository.ts';
import { Claims } from './claims.ts';
import { allowedFrom, occupies } from './lifecycle.ts';
import { wantedAt, type Terms } from './refusal.ts';
import { Taking } from './taking.ts';
import { TermsReader, type Asked } from './terms.ts';
import { unchanged } from './unchanged.ts';

/** What becomes of appointments once they are booked. */
@Injectable()
export class AppointmentService {
  constructor(
    private readonly appointments: AppointmentRepository,
    private readonly terms: TermsReader,
    private readonly taking: Taking,
    private readonly claims: Claims,
    private readonly patients: PatientRepository,
    private readonly following: FollowingService,
  ) {}

  async changeStatus(
    tx: Connection,
    caller: Caller,
    id: string,
    change: StatusChangeInput,
  ): Promise<AppointmentDto> {
    if (caller.patientId !== undefined && change.status !== 'cancelled')
      throw new DomainError('forbidden', 'With a patient’s own token an appointment can only be cancelled.');
    const { current, terms } = await this.#lock(tx, id, (seen) =>
      takesTime(seen.status, change.status) ? askedAgain(seen) : undefined,
    );
    requireTransition(current.status, change.status);
    if (!occupies(change.status)) await this.claims.release(tx, id);
    else if (terms) await this.#takeAgain(tx, current, terms);
    const { status: to, reason } = change;
    const changed = await this.appointments.change(
      tx,
      current,
      {
        status: to,
        ...(to === 'cancelled' && { cancelReason: reason ?? null }),
        ...(terms && ofPatient(current, terms)),
        // What occupies nobody collides with nothing; what takes all its time again doesn't either.
        ...((terms ?? !occupies(to)) && { patientConflict: false }),
      },
      caller.subject,
      { action: 'status', from: current.status, to, ...(reason !== undefined && { reason }) },
    );
    if (!occupies(to)) await this.following.settle(tx, [current.patientId]);
    return toDto(changed);
  }

  /**
   * Moves a booked appointment as if it were booked anew: its own time counts as free. What was booked against the
   * rules keeps to them from then on.
   * @throws DomainError transition_not_allowed, and as a booking
   */
  async reschedule(
    tx: Connection,
    caller: Caller,
    id: string,
    input: RescheduleInput,
  ): Promise<AppointmentDto> {
    const { current, terms } = await this.#lock(tx, id, (seen) =>
      seen.status === 'booked' ? askedElsewhere(seen, input) : undefined,
    );
    if (current.status !== 'booked' || !terms)
      throw notAllowed(current.status, 'Only a booked appointment can be moved');
    await this.claims.release(tx, id);
    const start = Date.parse(input.start);
    const result = await this.taking.attempt(tx, id, terms, start, Date.now());
    const present = { start: Date.parse(current.start), practitionerId: current.practitionerId };
    const roomId = await this.taking.required(tx, result, terms, start, present);
    const place = { practitionerId: terms.practitioner.id, roomId, ...timeOf(terms.type, input.start) };
    const changed = await this.appointments.change(
      tx,
      current,
      {
        ...place,
        ...ofPatient(current, terms),
        ...{ patientConflict: false, overrideReason: null, overrideBy: null },
      },
      caller.subject,
      { action: 'moved', moved: { from: placeOf(current), to: placeOf(place) } },
    );
    await this.following.settle(tx, [current.patientId]);
    return toDto(changed);
  }

  /**
   * Appointments kept as they are found until the transaction ends, with their patients.
   * @param find locks nothing; is asked again when what it found has changed meanwhile
   */
  lockAll(tx: Connection, find: () => Promise<AppointmentRow[]>): Promise<AppointmentRow[]> {
    return unchanged(tx, async () => {
      const patientIds = patientsOf(await find());
      await this.patients.lock(tx, patientIds, 'no key update');
      const seen = await find();
      if (!patientsOf(seen).every((id) => patientIds.includes(id))) return undefined;
      const current = await this.appointments.lock(tx, idsOf(seen));
      const versions = new Map(current.map(({ id, version }) => [id, version]));
      return seen.every(({ id, version }) => versions.get(id) === version) ? seen : undefined;
    });
  }

  /** Cancels those of these appointments, which `lockAll` keeps, that are booked. */
  async cancelAll(
    tx: Connection,
    caller: Caller,
    appointments: readonly AppointmentRow[],
    reason: string | undefined,
  ): Promise<void> {
    if (appointments.length === 0) return;
    const cancelled = await this.appointments.cancel(tx, idsOf(appointments), reason ?? null, nowUtc());
    await this.claims.release(tx, ...idsOf(cancelled));
    const what = { action: 'status', from: 'booked', to: 'cancelled' } as const;
    await this.appointments.noteChanges(tx, cancelled, caller.subject, {
      ...what,
      ...(reason !== undefined && { reason }),
    });
    await this.following.settle(tx, patientsOf(cancelled));
  }

  /** Locks the terms of a time that is to be taken, or else the patient alone, and then the appointment. */
  async #lock(
    tx: Connection,
    id: string,
    askedOf: (seen: AppointmentRow) => Asked<string> | undefined,
  ): Promise<{ current: AppointmentRow; terms: Terms<string> | undefined }> {
    return unchanged(tx, async () => {
      const seen = required(await this.appointments.find(tx, id));
      const asked = askedOf(seen);
      const terms = asked && (await this.terms.lock(tx, asked, 'key share', 'no key update'));
      if (!terms) await this.patients.lock(tx, [seen.patientId], 'no key update');
      const current = required(await this.appointments.findForChange(tx, id));
      const isLocked = current.patientId === seen.patientId && isDeepStrictEqual(askedOf(current), asked);
      return isLocked ? { current, terms } : undefined;
    });
  }

  /** Takes the freed time of an appointment again, as it was fixed at booking; for an override too it must be free. */
  async #takeAgain(tx: Connection, appointment: AppointmentRow, terms: Terms<string>): Promise<void> {
    const start = Date.parse(appointment.start);
    const roomIds = terms.roomId === undefined ? undefined : [terms.roomId];
    const wanted = wantedAt({ ...terms, roomIds }, start, appointment);
    const result = await this.claims.claim(tx, appointment.id, wanted);
    await this.taking.required(tx, result, terms, start);
  }
}

function idsOf(appointments: readonly AppointmentRow[]): string[] {
  return appointments.map(({ id }) => id);
}

function patientsOf(appointments: readonly AppointmentRow[]): string[] {
  return [...new Set(appointments.map(({ patientId }) => patientId))];
}

/** The survivor's, where records were merged and the appointment has not followed yet. */
function ofPatient(
  { homeId, patientId }: AppointmentRow,
  terms: Terms<string>,
): Pick<AppointmentRow, 'homeId' | 'patientId'> {
  if (terms.patientId === patientId) return { homeId, patientId };
  return { homeId: homeId ?? patientId, patientId: terms.patientId };
}

/** What is not named stays; the room that was had goes along where it can. */
function askedElsewhere(
  { typeId, patientId, practitionerId, roomId }: AppointmentRow,
  input: RescheduleInput,
): Asked<string> {
  return {
    typeId,
    patientId,
    practitionerId: input.practitionerId ?? practitionerId,
    roomId: input.roomId,
    presentRoomId: roomId ?? undefined,
  };
}

/** The room that was had, or none. */
function askedAgain({ typeId, patientId, practitionerId, roomId }: AppointmentRow): Asked<string> {
  return { typeId, patientId, practitionerId, roomId: roomId ?? undefined };
}

/** Whether a change of status that is allowed has to take the time again. */
function takesTime(from: AppointmentStatus, to: AppointmentStatus): boolean {
  return allowedFrom(from).includes(to) && !occupies(from) && occupies(to);
}

function requireTransition(from: AppointmentStatus, to: AppointmentStatus): void {
  if (!allowedFrom(from).includes(to))
    throw notAllowed(from, `The status can’t change from ${from} to ${to}`);
}

function notAllowed(status: AppointmentStatus, detail: string): DomainError {
  return new DomainError('transition_not_allowed', `${detail}; it is ${status}.`, {
    allowed: allowedFrom(status),
  });
}
