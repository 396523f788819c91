import { Injectable } from '@nestjs/common';
import { Id, InstantText } from '#contracts';
import { nowUtc, Queue, type Connection } from '#platform';
import { timeOf } from '../booking/appointment.record.ts';
import type { Terms } from '../booking/refusal.ts';
import type { HoldRow } from '../tables.ts';
import { HoldRepository } from './hold.repository.ts';

/** The queue of holds that have run out. */
export const holdEndedQueue = 'hold-ended';

export class HoldEndedJob {
  @Id() holdId!: string;
  @InstantText() due!: string;
}

/** Keeps the record of a time that is held, once it is claimed. */
@Injectable()
export class HoldKeeper {
  constructor(
    private readonly holds: HoldRepository,
    private readonly queue: Queue,
  ) {}

  /**
   * @param start an instant of the API
   * @param held made when it was judged, since the notice that was left then is promised
   */
  async keep(
    tx: Connection,
    { type, practitioner, patientId }: Terms,
    start: string,
    held: Pick<HoldRow, 'id' | 'roomId' | 'expiresAt' | 'createdAt'>,
  ): Promise<HoldRow> {
    const hold: HoldRow = {
      ...held,
      ...timeOf(type, start),
      practitionerId: practitioner.id,
      patientId: patientId ?? null,
    };
    await this.holds.insert(tx, hold);
    // What nobody books by then is free for others.
    await this.queue.send(tx, holdEndedQueue, hold.id, { holdId: hold.id }, hold.expiresAt);
    return hold;
  }

  /** Has it seen to that holds have ended before they ran out. */
  async end(tx: Connection, holdIds: readonly string[]): Promise<void> {
    for (const holdId of holdIds) await this.queue.send(tx, holdEndedQueue, holdId, { holdId }, nowUtc());
  }
}
