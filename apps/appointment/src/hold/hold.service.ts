import { randomUUIDv7 } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { HoldDto, HoldInput } from '#contracts';
import { Database, NotFound, nowUtc, toUtc, type Connection } from '#platform';
import { timeOf } from '../booking/appointment.record.ts';
import { Claims } from '../booking/claims.ts';
import { Taking } from '../booking/taking.ts';
import { TermsReader } from '../booking/terms.ts';
import type { HoldRow } from '../tables.ts';
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
  ) {}

  /** @throws DomainError as a booking */
  async hold(tx: Connection, { ttlSeconds = defaultTtlSeconds, ...input }: HoldInput): Promise<HoldDto> {
    await this.holds.forgetOld(tx);
    const terms = await this.terms.lock(tx, { ...input, patientId: input.patientId });
    const start = Date.parse(input.start);
    const id = randomUUIDv7();
    const expiresAt = await this.holds.expiry(tx, ttlSeconds, toUtc(input.start));
    const result = await this.taking.attempt(tx, id, terms, start, Date.now(), expiresAt);
    const hold: HoldRow = {
      id,
      ...timeOf(terms.type, input.start),
      practitionerId: input.practitionerId,
      roomId: await this.taking.required(tx, result, terms, start),
      patientId: terms.patientId ?? null,
      expiresAt,
      createdAt: nowUtc(),
    };
    await this.holds.insert(tx, hold);
    return toDto(hold);
  }

  async find(id: string): Promise<HoldDto> {
    const hold = await this.holds.findLive(this.database.reader, id);
    if (!hold) throw new NotFound('hold');
    return toDto(hold);
  }

  /** Gives the time back. */
  async release(tx: Connection, id: string): Promise<void> {
    if (!(await this.claims.releaseHold(tx, id))) throw new NotFound('hold');
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
