import { randomUUIDv7 } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import {
  isLocalDate,
  maxOccurrences,
  type RecurrenceDto,
  type SeriesCancellationInput,
  type SeriesDto,
  type SeriesInput,
  type SkippedStartDto,
} from '#contracts';
import {
  Database,
  DomainError,
  NotFound,
  nowUtc,
  toUtc,
  ValidationFailed,
  type Caller,
  type Connection,
} from '#platform';
import { AvailabilityRepository } from '../availability/availability.repository.ts';
import { newAppointment } from '../booking/appointment.record.ts';
import { AppointmentRepository } from '../booking/appointment.repository.ts';
import { AppointmentService } from '../booking/appointment.service.ts';
import { Claims } from '../booking/claims.ts';
import type { Terms } from '../booking/refusal.ts';
import { Taking } from '../booking/taking.ts';
import { TermsReader } from '../booking/terms.ts';
import { instantText } from '../booking/rules/index.ts';
import type { AppointmentRow, SeriesRow } from '../tables.ts';
import { WaitlistOffers } from '../waitlist/waitlist.offers.ts';
import { OccurrenceTaker } from './occurrence-taker.ts';
import { occurrences, type Occurrence } from './recurrence.ts';
import { toDto } from './series.record.ts';
import { SeriesRepository } from './series.repository.ts';

/** Appointments that recur, booked together. */
@Injectable()
export class SeriesService {
  constructor(
    private readonly database: Database,
    private readonly terms: TermsReader,
    private readonly taker: OccurrenceTaker,
    private readonly taking: Taking,
    private readonly claims: Claims,
    private readonly series: SeriesRepository,
    private readonly appointments: AppointmentRepository,
    private readonly lifecycle: AppointmentService,
    private readonly availabilities: AvailabilityRepository,
    private readonly waitlist: WaitlistOffers,
  ) {}

  /** @throws DomainError slot_taken when it is to fail at a conflict, *_unknown, patient_inactive, validation_failed */
  async book(tx: Connection, caller: Caller, input: SeriesInput): Promise<SeriesDto> {
    const { onConflict = 'fail', recurrence } = input;
    const terms = await this.terms.lock(tx, input);
    const waiting = await this.waitlist.waitingFor(tx, [input.patientId, terms.patientId], terms.type.id);
    const planned = plan(terms, input);
    const id = randomUUIDv7();
    const appointments: AppointmentRow[] = [];
    const skipped: SkippedStartDto[] = [];
    const conflicts: SkippedStartDto[] = [];
    const now = Date.now();
    for (const occurrence of planned) {
      const appointmentId = randomUUIDv7();
      const outcome = await this.taker.take(tx, appointmentId, terms, occurrence, onConflict, now);
      if (outcome.taken) {
        const start = instantText(outcome.start);
        const { type, patientId } = terms;
        const { practitionerId, reason } = input;
        const { roomId } = outcome;
        const booked = { id: appointmentId, type, patientId, practitionerId, roomId, start, reason };
        appointments.push(newAppointment({ ...booked, seriesId: id }));
      } else {
        skipped.push(outcome.skipped);
        if (outcome.isConflict) conflicts.push(outcome.skipped);
      }
    }
    if (onConflict === 'fail') await this.#requireNone(tx, conflicts, terms, appointments);
    const row: SeriesRow = {
      id,
      typeId: terms.type.id,
      patientId: terms.patientId,
      practitionerId: input.practitionerId,
      roomId: input.roomId ?? null,
      start: toUtc(input.start),
      reason: input.reason ?? null,
      recurrence: keptOf(recurrence),
      onConflict,
      skipped,
      homeId: null,
      createdAt: nowUtc(),
    };
    await this.series.insert(tx, row);
    await this.appointments.insert(tx, appointments, caller.subject);
    const [first] = appointments;
    if (first) await this.waitlist.fulfil(tx, waiting, first.id, caller.subject);
    return toDto(row, appointments);
  }

  async find(id: string): Promise<SeriesDto> {
    return this.#read(this.database.reader, id);
  }

  /** Cancels what of a series is still booked, from a moment or local date on. */
  async cancel(
    tx: Connection,
    caller: Caller,
    id: string,
    { from = nowUtc() }: SeriesCancellationInput,
  ): Promise<SeriesDto> {
    const { practitionerId } = required(await this.series.find(tx, id));
    const since = isLocalDate(from) ? await this.#beginOf(tx, from, practitionerId) : Date.parse(from);
    const appointments = await this.lifecycle.lockAll(tx, () => this.appointments.ofSeries(tx, id));
    const toCome = appointments.filter(({ start }) => Date.parse(start) >= since);
    await this.lifecycle.cancelAll(tx, caller, toCome, undefined);
    return this.#read(tx, id);
  }

  async #read(connection: Connection, id: string): Promise<SeriesDto> {
    const row = required(await this.series.find(connection, id));
    return toDto(row, await this.appointments.ofSeries(connection, id));
  }

  /** All or nothing: every conflict is told, and what could be had instead of the first. */
  async #requireNone(
    tx: Connection,
    conflicts: readonly SkippedStartDto[],
    terms: Terms<string>,
    appointments: readonly AppointmentRow[],
  ): Promise<void> {
    const [first] = conflicts;
    if (!first) return;
    await this.claims.release(tx, ...appointments.map(({ id }) => id));
    throw new DomainError(
      'slot_taken',
      'Not all starts of the series can be booked; see conflicts. Alternatives are those of the first.',
      {
        conflicts,
        reasons: first.reasons,
        alternatives: await this.taking.alternatives(tx, terms, Date.parse(first.start)),
      },
    );
  }

  async #beginOf(tx: Connection, date: string, practitionerId: string): Promise<number> {
    const availability = await this.availabilities.find(tx, practitionerId);
    return Temporal.PlainDate.from(date).toZonedDateTime(availability?.timeZone ?? 'UTC').epochMilliseconds;
  }
}

function plan({ practitioner }: Terms, { start, recurrence }: SeriesInput): Occurrence[] {
  const planned = occurrences(Date.parse(start), practitioner.schedule.timeZone, recurrence);
  const counted = planned.filter(({ missing }) => missing !== 'date').length;
  if (counted === 0)
    throw new ValidationFailed([{ path: 'recurrence.until', message: 'must not be before the start' }]);
  if (counted > maxOccurrences)
    throw new ValidationFailed([
      { path: 'recurrence.until', message: `must leave at most ${maxOccurrences} starts` },
    ]);
  return planned;
}

function required(series: SeriesRow | undefined): SeriesRow {
  if (!series) throw new NotFound('series');
  return series;
}

/** As it is answered: instants in UTC. */
function keptOf({ interval = 1, until, ...recurrence }: RecurrenceDto): RecurrenceDto {
  return {
    ...recurrence,
    interval,
    ...(until !== undefined && { until: isLocalDate(until) ? until : toUtc(until) }),
  };
}
