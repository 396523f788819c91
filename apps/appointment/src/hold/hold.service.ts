import { randomUUIDv7 } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { HoldDto, HoldInput } from '#contracts';
import { Database, NotFound, toUtc, type Caller, type Connection } from '#platform';
import { Claims } from '../booking/claims.ts';
import { instantText } from '../booking/rules/index.ts';
import { Taking } from '../booking/taking.ts';
import { TermsReader } from '../booking/terms.ts';
import type { HoldRow } from '../tables.ts';
import { WaitlistRepository } from '../waitlist/entry.repository.ts';
import { WaitlistOffers } from '../waitlist/waitlist.offers.ts';
import { HoldKeeper } from './hold.keeper.ts';
import { HoldRepository } from './hold.repository.ts';

const defaultTtlSeconds = 300;

/** Times kept for a short while. A hold lives as long as its claims do and they have not run out. */
@Injectable()
export class HoldService {
  constructor(
    private readonly database: Database,
    private readonly terms: TermsReader,
    private readonly taking: Taking,
    private readonly claims: Claims,
    private readonly holds: HoldRepository,
    private readonly keeper: HoldKeeper,
    private readonly entries: WaitlistRepository,
    private readonly offers: WaitlistOffers,
  ) {}

  /** @throws DomainError as a booking */
  async hold(tx: Connection, { ttlSeconds = defaultTtlSeconds, ...input }: HoldInput): Promise<HoldDto> {
    const terms = await this.terms.lock(tx, { ...input, patientId: input.patientId });
    const start = Date.parse(input.start);
    const id = randomUUIDv7();
    const expiresAt = await this.holds.expiry(tx, ttlSeconds, toUtc(input.start));
    const now = Date.now();
    const result = await this.taking.attempt(tx, id, terms, start, now, expiresAt);
    const roomId = await this.taking.required(tx, result, terms, start);
    const hold = await this.keeper.keep(tx, terms, input.start, {
      id,
      roomId,
      expiresAt,
      createdAt: instantText(now),
    });
    await this.holds.forgetOld(tx);
    return toDto(hold);
  }

  async find(id: string): Promise<HoldDto> {
    const hold = await this.holds.findLive(this.database.reader, id);
    if (!hold) throw new NotFound('hold');
    return toDto(hold);
  }

  /** Gives the time back; an offer of the waitlist is declined thereby. */
  async release(tx: Connection, caller: Caller, id: string): Promise<void> {
    const entry = await this.entries.findOfferedForChange(tx, id);
    const released = entry
      ? await this.offers.decline(tx, entry, caller.subject)
      : await this.claims.releaseHold(tx, id);
    if (!released) throw new NotFound('hold');
  }
}

function toDto(hold: HoldRow): HoldDto {
  const { id, expiresAt, typeId, practitionerId, roomId, patientId, start, end, minutes, createdAt } = hold;
  return {
    id,
    expiresAt,
    typeId,
    practitionerId,
    ...(roomId !== null && { roomId }),
    ...(patientId !== null && { patientId }),
    start,
    end,
    minutes,
    version: 1,
    createdAt,
  };
}
