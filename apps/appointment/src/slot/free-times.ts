import { setImmediate as breathe } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { Connection } from '#platform';
import { ClaimRepository } from '../booking/claim.repository.ts';
import {
  bookableStarts,
  dayMs,
  Busy,
  occupied,
  type PractitionerRules,
  type Span,
  type TypeRules,
} from '../booking/rules/index.ts';

/** A time one practitioner could take. */
export interface FreeTime {
  /** Epoch milliseconds. */
  start: number;
  practitionerId: string;
}

/** Whose time is looked for. */
export interface Search {
  type: TypeRules;
  practitioners: readonly PractitionerRules[];
  /** The rooms to choose from; undefined when none is needed. */
  roomIds: readonly string[] | undefined;
  patientId: string | undefined;
  /** Epoch milliseconds. */
  now: number;
  /** The time that is to be left: none of those looked for. */
  except?: FreeTime;
}

const nearestCount = 3;
const widestRingMs = 28 * dayMs;
const longestSearchMs = 1_000;

/** What the rules offer and no claim takes. */
@Injectable()
export class FreeTimes {
  constructor(private readonly claims: ClaimRepository) {}

  /** Every free time that starts within a span, by start, then practitioner. */
  async within(connection: Connection, search: Search, span: Span): Promise<FreeTime[]> {
    if (search.roomIds?.length === 0) return [];
    const offered = search.practitioners.flatMap((practitioner) =>
      bookableStarts(practitioner, search.type, span, search.now).map((start) => ({
        start,
        practitionerId: practitioner.id,
      })),
    );
    if (offered.length === 0) return [];
    const isFree = await this.#freedom(connection, search, span);
    const { except } = search;
    const isLeft = (time: FreeTime) => except !== undefined && byStart(time, except) === 0;
    return offered.filter((time) => isFree(time) && !isLeft(time)).sort(byStart);
  }

  /**
   * The three free times nearest to a start: by distance, then start, then practitioner. The search widens until
   * nothing outside can be nearer. Where next to nothing is free it stops after a second with what it has, so that no
   * calendar, however odd, keeps the caller or everybody else waiting.
   */
  async nearest(connection: Connection, search: Search, start: number): Promise<FreeTime[]> {
    const distance = (time: FreeTime) => Math.abs(time.start - start);
    const end = horizonOf(search);
    const deadline = performance.now() + longestSearchMs;
    let near: FreeTime[] = [];
    // A start that is past or beyond the horizon has nothing nearer than the edge.
    const edge = Math.max(0, search.now - start, start - end);
    for (let inner = edge, width = dayMs; ; inner += width, width = Math.min(width * 2, widestRingMs)) {
      const outer = inner + width;
      const before = { start: Math.max(start - outer, search.now), end: Math.min(start - inner, end) };
      const after = { start: Math.max(start + inner, search.now), end: Math.min(start + outer, end) };
      const ring = inner === 0 ? [{ start: before.start, end: after.end }] : [before, after];
      for (const span of ring.filter((part) => part.start < part.end))
        near.push(...(await this.within(connection, search, span)));
      near = near.sort((a, b) => distance(a) - distance(b) || byStart(a, b)).slice(0, nearestCount);
      const isComplete =
        near.length === nearestCount || (start - outer <= search.now && start + outer >= end);
      if (isComplete || performance.now() > deadline) return near;
      await breathe();
    }
  }

  async #freedom(connection: Connection, search: Search, span: Span): Promise<(time: FreeTime) => boolean> {
    const { type, practitioners, roomIds, patientId } = search;
    const reach = {
      start: occupied(type, span.start).withBuffers.start,
      end: occupied(type, span.end).withBuffers.end,
    };
    const ids = [
      ...practitioners.map(({ id }) => id),
      ...(roomIds ?? []),
      ...(patientId === undefined ? [] : [patientId]),
    ];
    const { occupations } = await this.claims.occupations(connection, ids, reach);
    const calendars = Map.groupBy(occupations, ({ resourceId }) => resourceId);
    const busy = new Map([...calendars].map(([id, spans]) => [id, new Busy(spans)]));
    const isOccupied = (id: string, during: Span) => busy.get(id)?.overlaps(during) ?? false;
    return ({ start, practitionerId }) => {
      const { withBuffers, patient } = occupied(type, start);
      return (
        !isOccupied(practitionerId, withBuffers) &&
        !(patientId !== undefined && isOccupied(patientId, patient)) &&
        (roomIds?.some((id) => !isOccupied(id, withBuffers)) ?? true)
      );
    };
  }
}

/** Beyond the last day that can be booked, in whatever zone. */
function horizonOf({ type, now }: Search): number {
  return now + (type.maxDaysAhead + 3) * dayMs;
}

function byStart(a: FreeTime, b: FreeTime): number {
  return (
    a.start - b.start ||
    (a.practitionerId < b.practitionerId ? -1 : a.practitionerId > b.practitionerId ? 1 : 0)
  );
}
