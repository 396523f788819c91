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

/** What one practitioner offers within a span, ascending, and which of it nothing takes. */
interface Calendar {
  practitionerId: string;
  offered: readonly number[];
  isFree: (start: number) => boolean;
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
    const calendars = await this.#calendars(connection, search, span);
    const found = calendars.flatMap(({ practitionerId, offered, isFree }) =>
      offered.filter(isFree).map((start) => ({ start, practitionerId })),
    );
    return found.sort(byStart);
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
        near.push(...(await this.#nearestWithin(connection, search, span, start)));
      near = near.sort((a, b) => distance(a) - distance(b) || byStart(a, b)).slice(0, nearestCount);
      const isComplete =
        near.length === nearestCount || (start - outer <= search.now && start + outer >= end);
      if (isComplete || performance.now() > deadline) return near;
      await breathe();
    }
  }

  /** No more of each practitioner than could be among the nearest of all. */
  async #nearestWithin(
    connection: Connection,
    search: Search,
    span: Span,
    start: number,
  ): Promise<FreeTime[]> {
    const calendars = await this.#calendars(connection, search, span);
    return calendars.flatMap(({ practitionerId, offered, isFree }) =>
      outwards(offered, start)
        .filter(isFree)
        .take(nearestCount)
        .map((nearest) => ({ start: nearest, practitionerId }))
        .toArray(),
    );
  }

  async #calendars(connection: Connection, search: Search, span: Span): Promise<Calendar[]> {
    const { type, practitioners, roomIds, patientId, now, except } = search;
    if (roomIds?.length === 0) return [];
    const offering = practitioners
      .map((practitioner) => ({
        practitionerId: practitioner.id,
        offered: bookableStarts(practitioner, type, span, now),
      }))
      .filter(({ offered }) => offered.length > 0);
    if (offering.length === 0) return [];
    const practitionerIds = offering.map(({ practitionerId }) => practitionerId);
    const everyone = [
      ...practitionerIds,
      ...(roomIds ?? []),
      ...(patientId === undefined ? [] : [patientId]),
    ];
    const isOccupied = await this.occupation(connection, everyone, reachOf(type, span));
    return offering.map(({ practitionerId, offered }) => ({
      practitionerId,
      offered,
      isFree: (start) => {
        const { withBuffers, patient } = occupied(type, start);
        return (
          !isOccupied(practitionerId, withBuffers) &&
          !(patientId !== undefined && isOccupied(patientId, patient)) &&
          (roomIds?.some((id) => !isOccupied(id, withBuffers)) ?? true) &&
          !(start === except?.start && practitionerId === except.practitionerId)
        );
      },
    }));
  }

  /** Whether resources are occupied during a span within the reach, as things are. */
  async occupation(
    connection: Connection,
    ids: readonly string[],
    reach: Span,
  ): Promise<(id: string, during: Span) => boolean> {
    const { occupations } = await this.claims.occupations(connection, ids, reach);
    const spans = Map.groupBy(occupations, ({ resourceId }) => resourceId);
    const busy = new Map([...spans].map(([id, taken]) => [id, new Busy(taken)]));
    return (id, during) => busy.get(id)?.overlaps(during) ?? false;
  }
}

/** From whole day to whole day: searches from times of the same days look at the same, and share what they read. */
function reachOf(type: TypeRules, { start, end }: Span): Span {
  const first = occupied(type, start).withBuffers.start;
  const last = occupied(type, end).withBuffers.end;
  return { start: Math.floor(first / dayMs) * dayMs, end: Math.ceil(last / dayMs) * dayMs };
}

/** Ascending starts by their distance from a centre; of two at one distance the earlier first. */
function* outwards(starts: readonly number[], centre: number): Generator<number, undefined> {
  let before = starts.findLastIndex((start) => start < centre);
  let after = before + 1;
  for (;;) {
    const earlier = starts[before];
    const later = starts[after];
    if (earlier !== undefined && (later === undefined || centre - earlier <= later - centre)) {
      yield earlier;
      before -= 1;
    } else if (later !== undefined) {
      yield later;
      after += 1;
    } else return;
  }
}

/** Beyond the last day that can be booked, in whatever zone. */
function horizonOf({ type, now }: Search): number {
  return now + (type.maxDaysAhead + 3) * dayMs;
}

export function byStart(a: FreeTime, b: FreeTime): number {
  return (
    a.start - b.start ||
    (a.practitionerId < b.practitionerId ? -1 : a.practitionerId > b.practitionerId ? 1 : 0)
  );
}
