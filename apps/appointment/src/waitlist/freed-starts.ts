import { setImmediate as breathe } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Database } from '#platform';
import { dayMs, occupied, type Span } from '../booking/rules/index.ts';
import type { FreedTime } from '../freed/freed-time.ts';
import { FreeTimes, type FreeTime, type Search } from '../slot/free-times.ts';
import { SlotService } from '../slot/slot.service.ts';
import type { TypeRow } from '../tables.ts';

/** So much is looked through at once, that nobody else waits long. */
const stepMs = 28 * dayMs;

/** What can be booked because some time was freed. */
@Injectable()
export class FreedStarts {
  constructor(
    private readonly database: Database,
    private readonly slots: SlotService,
    private readonly freeTimes: FreeTimes,
  ) {}

  /** The starts of a type that would occupy some of the freed time, from the first of `within` to its end included. */
  async of(freed: FreedTime, type: TypeRow, within: Span): Promise<FreeTime[]> {
    const { practitionerId, roomId, patientId } = freed;
    if (freed.typeIds && !freed.typeIds.includes(type.id)) return [];
    const isAnybodys = roomId === undefined && patientId === undefined;
    const found: FreeTime[] = [];
    if (practitionerId !== undefined || isAnybodys) {
      const search = await this.#search(type, { practitionerId });
      found.push(...(await this.#touching(search, freed.during, within)));
    }
    if (roomId !== undefined && type.needsRoom)
      found.push(...(await this.#byRoom(roomId, freed.during, type, within)));
    const different = new Map(found.map((time) => [keyOf(time), time]));
    return [...different.values()].sort(
      (a, b) => a.start - b.start || (a.practitionerId < b.practitionerId ? -1 : 1),
    );
  }

  /** Where this is the one room that is free. */
  async #byRoom(roomId: string, during: readonly Span[], type: TypeRow, within: Span): Promise<FreeTime[]> {
    const search = await this.#search(type, {});
    const { roomIds = [] } = search;
    if (!roomIds.includes(roomId)) return [];
    const others = { ...search, roomIds: roomIds.filter((id) => id !== roomId) };
    const withOthers = new Set((await this.#touching(others, during, within)).map(keyOf));
    const withRoom = await this.#touching({ ...search, roomIds: [roomId] }, during, within);
    return withRoom.filter((time) => !withOthers.has(keyOf(time)));
  }

  #search(type: TypeRow, wanted: { practitionerId?: string | undefined }): Promise<Search> {
    return this.slots.searchFor(this.database.reader, type, wanted, Date.now());
  }

  async #touching(search: Search, during: readonly Span[], within: Span): Promise<FreeTime[]> {
    const { type } = search;
    const touches = ({ start }: FreeTime, span: Span): boolean => {
      const { withBuffers } = occupied(type, start);
      return withBuffers.start < span.end && span.start < withBuffers.end;
    };
    // A visit of the longest type, with its buffers, that ends in the first span or begins in the last.
    const reachMs = occupied(type, 0).withBuffers.end - occupied(type, 0).withBuffers.start;
    const first = Math.max(within.start, Math.min(...during.map(({ start }) => start)) - reachMs);
    const last = Math.min(within.end, Math.max(...during.map(({ end }) => end)) + reachMs);
    const found: FreeTime[] = [];
    for (let start = first; start <= last; start += stepMs) {
      const step = { start, end: Math.min(start + stepMs, last + 1) };
      const spans = during.filter(
        (span) => span.start < step.end + reachMs && span.end > step.start - reachMs,
      );
      if (spans.length === 0) continue;
      const times = await this.freeTimes.within(this.database.reader, search, step);
      found.push(...times.filter((time) => spans.some((span) => touches(time, span))));
      await breathe();
    }
    return found;
  }
}

function keyOf({ start, practitionerId }: FreeTime): string {
  return `${practitionerId} ${start}`;
}
