import { Injectable } from '@nestjs/common';
import type { ReasonDto } from '#contracts';
import type { Connection } from '#platform';
import { ClaimRepository, type Claim, type ResourceKind } from './claim.repository.ts';
import { takenReasons, type Wanted } from './refusal.ts';

export type ClaimResult = { taken: true; roomId: string | null } | { taken: false; reasons: ReasonDto[] };

/** Thrown inside a savepoint to take back an incomplete set of claims. */
class Incomplete extends Error {
  constructor(readonly missing: ReadonlySet<ResourceKind>) {
    super('incomplete');
  }
}

/** A time can come free between the refusal and the look at who had it: then it is tried again. */
const attempts = 5;

/** Occupies practitioner, room and patient together or not at all. */
@Injectable()
export class Claims {
  constructor(private readonly claims: ClaimRepository) {}

  async claim(tx: Connection, ownerId: string, wanted: Wanted): Promise<ClaimResult> {
    let reasons: ReasonDto[] = [];
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      for (const roomId of wanted.roomIds ?? [null]) {
        const missing = await this.#takeAll(tx, ownerId, claimsOf(wanted, roomId));
        if (missing.size === 0) return { taken: true, roomId };
        if (missing.has('practitioner') || missing.has('patient')) break;
      }
      reasons = takenReasons(
        wanted,
        await this.claims.occupations(tx, resourcesOf(wanted), wanted.withBuffers),
      );
      if (reasons.length > 0) break;
    }
    return { taken: false, reasons };
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
