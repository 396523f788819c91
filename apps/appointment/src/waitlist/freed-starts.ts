import { setImmediate as breathe } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Database } from '#platform';
import { dayMs, occupied, overlap, type Span, type TypeRules } from '../booking/rules/index.ts';
import type { FreedTime } from '../freed/freed-time.ts';
import { FreedTimeRepository } from '../freed/freed-time.repository.ts';
import { FreeTimes, type FreeTime, type Search } from '../slot/free-times.ts';
import { SlotService } from '../slot/slot.service.ts';
import type { TypeRow } from '../tables.ts';

/** So much is looked through at once, that nobody else waits long. */
const stepMs = 28 * dayMs;

/** A room that can be had, and since when what it makes possible counts as freed. */
interface FreedRoom {
  roomId: string;
  during: readonly Span[];
  /** An instant. */
  since: string;
}

/** What can be booked because some time was freed. */
@Injectable()
export class FreedStarts {
  constructor(
    private readonly database: Database,
    private readonly slots: SlotService,
    private readonly freeTimes: FreeTimes,
    private readonly freedTimes: FreedTimeRepository,
  ) {}

  /**
   * The starts of a type that would occupy some of the freed time, from the first of `within` to its end included, in any
   * order.
   * @param since an instant: what could be booked then, and ever since, is not freed
   */
  async of(freed: FreedTime, type: TypeRow, within: Span, since: string): Promise<FreeTime[]> {
    const { practitionerId, roomId, patientId } = freed;
    if (freed.typeIds && !freed.typeIds.includes(type.id)) return [];
    const isAnybodys = roomId === undefined && patientId === undefined;
    const found: FreeTime[][] = [];
    if (practitionerId !== undefined || isAnybodys) {
      const search = await this.#search(type, { practitionerId });
      found.push(await this.#touching(search, freed.during, within));
    }
    if (roomId !== undefined && type.needsRoom)
      found.push(await this.#byRoom({ roomId, during: freed.during, since }, type, within));
    return found.flat();
  }

  /** Where nobody had a room before: every room that is free now was freed since. */
  async #byRoom({ roomId, during, since }: FreedRoom, type: TypeRow, within: Span): Promise<FreeTime[]> {
    const search = await this.#search(type, {});
    const { roomIds = [] } = search;
    if (!roomIds.includes(roomId)) return [];
    const withRoom = await this.#touching({ ...search, roomIds: [roomId] }, during, within);
    if (withRoom.length === 0) return [];
    const freed = await this.freedTimes.roomsSince(this.database.reader, since, during);
    const others = roomIds.filter((id) => id !== roomId);
    const had = new Set<string>();
    const untouched = others.filter((id) => !freed.has(id));
    for (const time of await this.#touching({ ...search, roomIds: untouched }, during, within))
      had.add(keyOf(time));
    for (const id of others.filter((other) => freed.has(other)))
      for (const time of await this.#touching({ ...search, roomIds: [id] }, during, within))
        if (!touches(type, time, freed.get(id) ?? [])) had.add(keyOf(time));
    return withRoom.filter((time) => !had.has(keyOf(time)));
  }

  #search(type: TypeRow, wanted: { practitionerId?: string | undefined }): Promise<Search> {
    return this.slots.searchFor(this.database.reader, type, wanted, Date.now());
  }

  async #touching(search: Search, during: readonly Span[], within: Span): Promise<FreeTime[]> {
    const { type } = search;
    // A visit of the longest type, with its buffers, that ends in the first span or begins in the last.
    const reachMs = occupied(type, 0).withBuffers.end - occupied(type, 0).withBuffers.start;
    const first = Math.max(within.start, Math.min(...during.map(({ start }) => start)) - reachMs);
    const last = Math.min(within.end, Math.max(...during.map(({ end }) => end)) + reachMs);
    const found: FreeTime[][] = [];
    for (let start = first; start <= last; start += stepMs) {
      const step = { start, end: Math.min(start + stepMs, last + 1) };
      const spans = during.filter(
        (span) => span.start < step.end + reachMs && span.end > step.start - reachMs,
      );
      if (spans.length === 0) continue;
      const times = await this.freeTimes.within(this.database.reader, search, step);
      found.push(times.filter((time) => touches(type, time, spans)));
      await breathe();
    }
    return found.flat();
  }
}

/** Whether a visit at this time, with its buffers, would occupy any of these. */
function touches(type: TypeRules, { start }: FreeTime, spans: readonly Span[]): boolean {
  const { withBuffers } = occupied(type, start);
  return spans.some((span) => overlap(withBuffers, span));
}

function keyOf({ start, practitionerId }: FreeTime): string {
  return `${practitionerId} ${start}`;
}
