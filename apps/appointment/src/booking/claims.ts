import { Injectable } from '@nestjs/common';
import type { ReasonDto } from '#contracts';
import { DomainError, type Connection } from '#platform';
import { ClaimRepository, type Claim, type ResourceKind } from './claim.repository.ts';
import { freeRooms, takenReasons, type Wanted } from './refusal.ts';

export type ClaimResult = { taken: true; roomId: string | null } | { taken: false; reasons: ReasonDto[] };

/** Thrown inside a savepoint to take back an incomplete set of claims. */
class Incomplete extends Error {
  constructor(readonly missing: ReadonlySet<ResourceKind>) {
    super('incomplete');
  }
}

/** A time that looked free can have gone, and come free again, by the time it is taken. */
const attempts = 5;

/** Occupies practitioner, room and patient together or not at all. */
@Injectable()
export class Claims {
  constructor(private readonly claims: ClaimRepository) {}

  /**
   * Looks before it takes: under contention most come too late, and a look costs them a fraction of a vain attempt. What
   * decides is the attempt, which waits for whoever is just taking the same.
   * @throws DomainError unavailable when the time came free and went again under every attempt
   */
  async claim(tx: Connection, ownerId: string, wanted: Wanted): Promise<ClaimResult> {
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const occupations = await this.claims.occupations(tx, resourcesOf(wanted), wanted.withBuffers);
      const reasons = takenReasons(wanted, occupations);
      if (reasons.length > 0) return { taken: false, reasons };
      for (const roomId of freeRooms(wanted, occupations)) {
        const missing = await this.#takeAll(tx, ownerId, claimsOf(wanted, roomId));
        if (missing.size === 0) return { taken: true, roomId };
        if (missing.has('practitioner') || missing.has('patient')) break;
      }
    }
    throw new DomainError('unavailable', 'Others are changing the time just now; try again.');
  }

  release(tx: Connection, ownerId: string): Promise<void> {
    return this.claims.release(tx, ownerId);
  }

  /** @returns the kinds that could not be taken; unless there are none, none is */
  async #takeAll(
    tx: Connection,
    ownerId: string,
    claims: readonly Claim[],
  ): Promise<ReadonlySet<ResourceKind>> {
    try {
      await tx.transaction(async (savepoint) => {
        const taken = await this.claims.take(savepoint, ownerId, claims);
        const missing = claims.map(({ kind }) => kind).filter((kind) => !taken.has(kind));
        if (missing.length > 0) throw new Incomplete(new Set(missing));
      });
      return new Set();
    } catch (error) {
      if (error instanceof Incomplete) return error.missing;
      throw error;
    }
  }
}

function claimsOf(
  { practitionerId, patientId, withBuffers, patient }: Wanted,
  roomId: string | null,
): Claim[] {
  return [
    { kind: 'practitioner', resourceId: practitionerId, ...withBuffers },
    ...(roomId === null ? [] : [{ kind: 'room' as const, resourceId: roomId, ...withBuffers }]),
    { kind: 'patient', resourceId: patientId, ...patient },
  ];
}

function resourcesOf({ practitionerId, roomIds, patientId }: Wanted): string[] {
  return [practitionerId, ...(roomIds ?? []), patientId];
}
