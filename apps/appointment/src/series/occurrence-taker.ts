import { Injectable } from '@nestjs/common';
import type { ConflictRule, ReasonDto, SkippedStartDto } from '#contracts';
import type { Connection } from '#platform';
import type { ClaimResult } from '../booking/claims.ts';
import type { Terms } from '../booking/refusal.ts';
import { Taking } from '../booking/taking.ts';
import { FreeTimes } from '../slot/free-times.ts';
import type { Occurrence } from './recurrence.ts';

export type OccurrenceOutcome =
  | { taken: true; start: number; roomId: string | null }
  | { taken: false; skipped: SkippedStartDto; isConflict: boolean };

/** Takes the time of one start of a series, or one near it. */
@Injectable()
export class OccurrenceTaker {
  constructor(
    private readonly taking: Taking,
    private readonly freeTimes: FreeTimes,
  ) {}

  async take(
    tx: Connection,
    appointmentId: string,
    terms: Terms<string>,
    occurrence: Occurrence,
    onConflict: ConflictRule,
    now: number,
  ): Promise<OccurrenceOutcome> {
    const { start, missing } = occurrence;
    if (missing === 'date') return skipped(start, [missingDate(occurrence)], false);
    const result: ClaimResult =
      missing === 'time'
        ? { taken: false, reasons: [missingTime(occurrence)] }
        : await this.taking.attempt(tx, appointmentId, terms, start, now);
    if (result.taken) return { ...result, start };
    const nearest =
      onConflict === 'nearest'
        ? await this.#takeNearest(tx, appointmentId, terms, occurrence, now)
        : undefined;
    return nearest ?? skipped(start, result.reasons, true);
  }

  /** The closest start on the same local date that can be booked; of two alike the earlier. */
  async #takeNearest(
    tx: Connection,
    appointmentId: string,
    terms: Terms<string>,
    { start, date }: Occurrence,
    now: number,
  ): Promise<OccurrenceOutcome | undefined> {
    const { type, practitioner, patientId, roomActive } = terms;
    const { timeZone } = practitioner.schedule;
    const day = {
      start: date.toZonedDateTime(timeZone).epochMilliseconds,
      end: date.add({ days: 1 }).toZonedDateTime(timeZone).epochMilliseconds,
    };
    const roomIds = roomActive ? terms.roomIds : [];
    const search = { type, practitioners: [practitioner], roomIds, patientId, now };
    const free = await this.freeTimes.within(tx, search, day);
    const distance = (time: { start: number }) => Math.abs(time.start - start);
    for (const time of free.sort((a, b) => distance(a) - distance(b) || a.start - b.start)) {
      const result = await this.taking.attempt(tx, appointmentId, terms, time.start, now);
      if (result.taken) return { ...result, start: time.start };
    }
    return undefined;
  }
}

function skipped(start: number, reasons: ReasonDto[], isConflict: boolean): OccurrenceOutcome {
  return {
    taken: false,
    skipped: { start: Temporal.Instant.fromEpochMilliseconds(start).toString(), reasons },
    isConflict,
  };
}

function missingDate({ date }: Occurrence): ReasonDto {
  const month = date.toLocaleString('en', { month: 'long', year: 'numeric', calendar: 'iso8601' });
  return { code: 'outside_availability', detail: `${month} has no such date.` };
}

function missingTime({ date }: Occurrence): ReasonDto {
  return { code: 'outside_availability', detail: `The clocks skip this time of day on ${date.toString()}.` };
}
