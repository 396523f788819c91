import { Injectable } from '@nestjs/common';
import { Id } from '#contracts';
import { Queue, type Connection } from '#platform';
import type { Released } from '../booking/claim.statements.ts';
import { availableSpans, dayMs, longestVisitMs, offerKeyOf, type Schedule } from '../booking/rules/index.ts';
import { freedBy, remaining, without, type FreedTime } from './freed-time.ts';
import { FreedTimeRepository } from './freed-time.repository.ts';

/** The queue of freed times for which somebody is looked for. */
export const freedTimeQueue = 'freed-time';

export class FreedTimeJob {
  @Id() freedTimeId!: string;
}

/** What opens is looked at so far ahead, whatever anybody says they would wait for. */
const furthestDays = 731;

/** What is changed of a practitioner's offer. */
export interface OfferChange {
  practitionerId: string;
  typeIds: readonly string[];
  before: Schedule;
  after: Schedule;
}

/** Notes what time is freed, in the transaction that frees it, and has somebody looked for who waits for it. */
@Injectable()
export class Freeing {
  constructor(
    private readonly repository: FreedTimeRepository,
    private readonly queue: Queue,
  ) {}

  /** What appointments and holds gave up. */
  note(tx: Connection, released: readonly Released[]): Promise<void> {
    return this.#keep(tx, freedBy(released));
  }

  /** What a practitioner is available for now and was not before. */
  async noteAvailability(
    tx: Connection,
    { practitionerId, typeIds, before, after }: OfferChange,
  ): Promise<void> {
    const within = await this.#span(tx);
    if (!within) return;
    const sameWindows = Map.groupBy(
      typeIds,
      (typeId) => offerKeyOf(before, typeId) + offerKeyOf(after, typeId),
    );
    const freed = [...sameWindows.values()].map((ids) => {
      const [typeId = ''] = ids;
      const during = without(availableSpans(after, typeId, within), availableSpans(before, typeId, within));
      return { ids, during };
    });
    // Who waits for one type and who waits for another stand in one line for the same time.
    const alike = Map.groupBy(freed, ({ during }) => JSON.stringify(during));
    const times = [...alike.values()].map((group) => ({
      practitionerId,
      typeIds: group.flatMap(({ ids }) => ids),
      during: group[0]?.during ?? [],
    }));
    await this.#keep(tx, times);
  }

  /** All time from now on of a practitioner, a room or a type that can be booked again. */
  async noteOpening(tx: Connection, of: Omit<FreedTime, 'during'>): Promise<void> {
    const within = await this.#span(tx);
    if (within) await this.#keep(tx, [{ ...of, during: [within] }]);
  }

  /** As far as anybody waits for anything; undefined when nobody does. */
  async #span(tx: Connection): Promise<{ start: number; end: number } | undefined> {
    const furthest = await this.repository.furthest(tx);
    const now = Date.now();
    if (furthest === undefined || furthest < now) return undefined;
    return { start: now, end: Math.min(furthest, now + furthestDays * dayMs) + longestVisitMs };
  }

  async #keep(tx: Connection, times: readonly FreedTime[]): Promise<void> {
    const now = Date.now();
    const left = times
      .map((time) => ({ ...time, during: remaining(time.during, now) }))
      .filter(({ during }) => during.length > 0);
    if (left.length === 0) return;
    const ids = await this.repository.keep(tx, left);
    if (ids.length === 0) return;
    const messages = ids.map((freedTimeId) => ({ key: freedTimeId, payload: { freedTimeId } }));
    await this.queue.sendAll(tx, freedTimeQueue, messages);
  }
}
