import { Injectable } from '@nestjs/common';
import type { ReasonDto } from '#contracts';
import { attempt, DomainError, type Connection } from '#platform';
import type { AppointmentRow, HoldRow } from '../tables.ts';
import { ClaimRepository, type Claim, type Seen } from './claim.repository.ts';
import { Freeing } from '../freed/freeing.ts';
import { HoldKeeper } from '../hold/hold.keeper.ts';
import type { Released, ResourceKind } from './claim.statements.ts';
import { freeRooms, takenReasons, type Wanted } from './refusal.ts';
import type { Span } from './rules/index.ts';

export type ClaimResult = { taken: true; roomId: string | null } | { taken: false; reasons: ReasonDto[] };

/** A time that looked free can have gone, and come free again, by the time it is taken. */
const attempts = 5;

/** Occupies practitioner, room and patient together or not at all. */
@Injectable()
export class Claims {
  constructor(
    private readonly claims: ClaimRepository,
    private readonly freeing: Freeing,
    private readonly keeper: HoldKeeper,
  ) {}

  /**
   * Looks before it takes: under contention most come too late, and a look costs them a fraction of a vain attempt. What
   * decides is the attempt, which waits for whoever is just taking the same.
   * @param holdExpiresAt an instant, when the time is only held
   * @throws DomainError unavailable when the time came free and went again under every attempt
   */
  async claim(
    tx: Connection,
    ownerId: string,
    wanted: Wanted,
    holdExpiresAt: string | null = null,
  ): Promise<ClaimResult> {
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const { occupations, anyExpired } = await this.#look(tx, wanted);
      const reasons = takenReasons(wanted, occupations);
      if (reasons.length > 0) return { taken: false, reasons };
      for (const roomId of freeRooms(wanted, occupations)) {
        const claims = claimsOf(wanted, roomId);
        if (anyExpired) await this.freeing.note(tx, await this.claims.clearExpired(tx, claims));
        const missing = await this.#takeAll(tx, ownerId, claims, holdExpiresAt);
        if (missing.length === 0) return { taken: true, roomId };
        if (missing.some((kind) => kind !== 'room')) break;
      }
    }
    throw new DomainError('unavailable', 'Others are changing the time just now; try again.');
  }

  /** Why the time can't be had as things are, every reason that holds. */
  async reasonsAgainst(connection: Connection, wanted: Wanted): Promise<ReasonDto[]> {
    return takenReasons(wanted, (await this.#look(connection, wanted)).occupations);
  }

  /**
   * Occupies the time whatever else does; under FOR UPDATE of everything wanted, so that ordinary bookings see it. Of
   * rooms to choose from it takes one that is free or, when none is, no room.
   * @returns the room
   */
  async override(tx: Connection, ownerId: string, wanted: Wanted, named: boolean): Promise<string | null> {
    const [free] = named ? [] : freeRooms(wanted, (await this.#look(tx, wanted)).occupations);
    const roomId = (named ? wanted.roomIds?.[0] : free) ?? null;
    await this.claims.takeByOverride(tx, ownerId, claimsOf(wanted, roomId));
    return roomId;
  }

  /**
   * Makes a hold's claims those of an appointment, the patient's among them when the hold is for this patient. One who
   * is not is claimed now.
   * @returns undefined when the hold has run out, was used or given back
   */
  async confirm(
    tx: Connection,
    hold: Pick<HoldRow, 'id' | 'practitionerId' | 'roomId' | 'patientId'>,
    appointmentId: string,
    wanted: Wanted,
  ): Promise<ClaimResult | undefined> {
    const kinds = await this.claims.confirm(tx, hold.id, appointmentId);
    const parts = [hold.practitionerId, hold.roomId, hold.patientId].filter((id) => id !== null);
    // Where it was waited for, the hold can have run out meanwhile and a part of it be another's by now.
    if (kinds.size < parts.length) return undefined;
    if (hold.patientId === wanted.patientId) return { taken: true, roomId: hold.roomId };
    // Held for a record that has been merged away since.
    if (kinds.has('patient')) await this.claims.release(tx, [appointmentId], ['patient']);
    const patientAlone = { ...wanted, practitionerId: undefined, roomIds: undefined };
    const result = await this.claim(tx, appointmentId, patientAlone);
    return result.taken ? { taken: true, roomId: hold.roomId } : result;
  }

  /**
   * Occupies the patient of an appointment that has the rest of its time already: outside the constraint where something
   * else has the time, so that ordinary bookings see both. Holds of the patient's give way if nothing else is in the way:
   * booking them could only be refused then.
   * @returns whether the patient has nothing else then; what was booked against the rules may overlap
   */
  async claimPatient(tx: Connection, appointment: AppointmentRow): Promise<boolean> {
    const { id, patientId: resourceId, overrideReason } = appointment;
    const span = { start: Date.parse(appointment.start), end: Date.parse(appointment.end) };
    const claim: Claim = { kind: 'patient', resourceId, ...span };
    const isByRules = overrideReason === null;
    if (isByRules && (await this.#takeFromHolds(tx, id, claim))) return true;
    await this.claims.takeByOverride(tx, id, [claim]);
    return !isByRules;
  }

  async releasePatient(tx: Connection, ownerIds: readonly string[]): Promise<void> {
    await this.freeing.note(tx, await this.yieldPatient(tx, ownerIds));
  }

  /** Gives up the patient's time of appointments that take it again in this transaction: nothing is freed. */
  yieldPatient(tx: Connection, ownerIds: readonly string[]): Promise<Released[]> {
    return this.claims.release(tx, ownerIds, ['patient']);
  }

  async release(tx: Connection, ...ownerIds: string[]): Promise<void> {
    await this.freeing.note(tx, await this.claims.release(tx, ownerIds));
  }

  /** @returns whether the hold was live until then */
  async releaseHold(tx: Connection, holdId: string): Promise<boolean> {
    const released = await this.claims.releaseHold(tx, holdId);
    await this.freeing.note(tx, released);
    return released.length > 0;
  }

  /**
   * Gives up what a hold still claims that has run out.
   * @returns whether it claimed anything
   */
  async releaseEnded(tx: Connection, holdId: string): Promise<boolean> {
    const released = await this.claims.releaseEnded(tx, holdId);
    await this.freeing.note(tx, released);
    return released.length > 0;
  }

  /** Takes a time that nothing but holds keeps. */
  async #takeFromHolds(tx: Connection, ownerId: string, claim: Claim): Promise<boolean> {
    const { occupations, anyExpired } = await this.claims.occupations(tx, [claim.resourceId], claim);
    if (occupations.some(({ heldUntil }) => heldUntil === undefined)) return false;
    // Somebody can be just taking the time all the same: then the holds stay.
    const taken = await attempt(tx, async () => {
      if (anyExpired || occupations.length > 0) await this.#displaceHolds(tx, claim.resourceId, claim);
      return (await this.claims.take(tx, ownerId, [claim], null)).has('patient') || undefined;
    });
    return taken === true;
  }

  /** Entries of the waitlist are locked before claims: what was offered by one of these holds is seen to by its job. */
  async #displaceHolds(tx: Connection, resourceId: string, span: Span): Promise<void> {
    const displaced = await this.claims.displaceHolds(tx, resourceId, span);
    await this.freeing.note(tx, displaced);
    await this.keeper.end(tx, [...new Set(displaced.map(({ ownerId }) => ownerId))]);
  }

  #look(connection: Connection, wanted: Wanted): Promise<Seen> {
    const { practitionerId, roomIds = [], patientId } = wanted;
    const ids = [practitionerId, ...roomIds, patientId].filter((id) => id !== undefined);
    return this.claims.occupations(connection, ids, wanted.withBuffers);
  }

  /** @returns the kinds that could not be taken; unless there are none, none is */
  async #takeAll(
    tx: Connection,
    ownerId: string,
    claims: readonly Claim[],
    holdExpiresAt: string | null,
  ): Promise<ResourceKind[]> {
    const taken = await this.claims.take(tx, ownerId, claims, holdExpiresAt);
    const missing = claims.map(({ kind }) => kind).filter((kind) => !taken.has(kind));
    if (missing.length > 0 && taken.size > 0) await this.claims.release(tx, [ownerId], [...taken]);
    return missing;
  }
}

function claimsOf(
  { practitionerId, patientId, withBuffers, patient }: Wanted,
  roomId: string | null,
): Claim[] {
  const claims: Claim[] = [];
  if (practitionerId !== undefined)
    claims.push({ kind: 'practitioner', resourceId: practitionerId, ...withBuffers });
  if (roomId !== null) claims.push({ kind: 'room', resourceId: roomId, ...withBuffers });
  if (patientId !== undefined) claims.push({ kind: 'patient', resourceId: patientId, ...patient });
  return claims;
}
