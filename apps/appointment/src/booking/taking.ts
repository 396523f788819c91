import { Injectable } from '@nestjs/common';
import type { ReasonDto } from '#contracts';
import { DomainError, type Connection } from '#platform';
import { FreeTimes, type FreeTime } from '../slot/free-times.ts';
import { SlotService, toSlot } from '../slot/slot.service.ts';
import { Claims, type ClaimResult } from './claims.ts';
import { isNotOffered, notOfferedReasons, wantedAt, type Terms } from './refusal.ts';

/** Takes the time of an appointment or a hold by its terms, or says all that speaks against it. */
@Injectable()
export class Taking {
  constructor(
    private readonly claims: Claims,
    private readonly slots: SlotService,
    private readonly freeTimes: FreeTimes,
  ) {}

  /** Takes the time that starts then if it is offered and free; both instants in epoch milliseconds. */
  async attempt(
    tx: Connection,
    ownerId: string,
    terms: Terms,
    start: number,
    now: number,
    holdExpiresAt: string | null = null,
  ): Promise<ClaimResult> {
    const wanted = wantedAt(terms, start);
    const notOffered = notOfferedReasons(terms, start, now);
    if (notOffered.length === 0) return this.claims.claim(tx, ownerId, wanted, holdExpiresAt);
    return { taken: false, reasons: [...notOffered, ...(await this.claims.reasonsAgainst(tx, wanted))] };
  }

  /** Every reason against a booking as things are. */
  async reasonsAgainst(
    connection: Connection,
    terms: Terms,
    start: number,
    now: number,
  ): Promise<ReasonDto[]> {
    const taken = await this.claims.reasonsAgainst(connection, wantedAt(terms, start));
    return [...notOfferedReasons(terms, start, now), ...taken];
  }

  /**
   * The room that was taken.
   * @param except a time that is no alternative
   * @throws DomainError not_bookable, slot_taken
   */
  async required(
    tx: Connection,
    result: ClaimResult,
    terms: Terms,
    start: number,
    except?: FreeTime,
  ): Promise<string | null> {
    if (result.taken) return result.roomId;
    throw await this.refusal(tx, result.reasons, terms, start, except);
  }

  /** What is not offered is told apart from what others have, with what this patient could have instead. */
  async refusal(
    connection: Connection,
    reasons: readonly ReasonDto[],
    terms: Terms,
    start: number,
    except?: FreeTime,
  ): Promise<DomainError> {
    if (reasons.some(isNotOffered))
      return new DomainError('not_bookable', 'The time is not offered; see reasons.', { reasons });
    const alternatives = await this.alternatives(connection, terms, start, except);
    return new DomainError(
      'slot_taken',
      'The time is taken; alternatives are the nearest that can be booked.',
      { reasons, alternatives },
    );
  }

  /** The nearest times that the same patient could have, of any practitioner, in the room that was named. */
  async alternatives(
    connection: Connection,
    terms: Terms,
    start: number,
    except?: FreeTime,
  ): Promise<ReturnType<typeof toSlot>[]> {
    const { type, patientId, roomId } = terms;
    const search = await this.slots.searchFor(connection, type, { patientId, roomId }, Date.now());
    const nearest = await this.freeTimes.nearest(connection, { ...search, ...(except && { except }) }, start);
    return nearest.map((time) => toSlot(time, type.minutes));
  }
}
