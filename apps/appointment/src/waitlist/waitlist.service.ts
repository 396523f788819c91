import { randomUUIDv7 } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import {
  isId,
  type AppointmentDto,
  type Page,
  type PageQuery,
  type WaitlistAcceptInput,
  type WaitlistChangeDto,
  type WaitlistDeclineInput,
  type WaitlistEntryDto,
  type WaitlistInput,
  type WaitlistQuery,
} from '#contracts';
import {
  Database,
  decodeCursor,
  defaultLimit,
  DomainError,
  Queue,
  Survivors,
  toPage,
  toUtc,
  ValidationFailed,
  type Caller,
  type Connection,
} from '#platform';
import { BookingService } from '../booking/booking.service.ts';
import { PatientService } from '../patient/patient.service.ts';
import { PractitionerRepository } from '../practitioner/practitioner.repository.ts';
import { FreedTimeRepository } from '../freed/freed-time.repository.ts';
import { historyPage } from '../history/history.ts';
import { HoldRepository } from '../hold/hold.repository.ts';
import type { WaitlistRow } from '../tables.ts';
import { AppointmentTypeRepository } from '../type/type.repository.ts';
import { nothingOffered, offerOf, rankOf, statusAt, toDto } from './entry.record.ts';
import { required, WaitlistRepository } from './entry.repository.ts';
import { entryOverQueue } from './waitlist.jobs.ts';
import { WaitlistOffers } from './waitlist.offers.ts';

/** Who waits for a time, and what they make of it when one is offered. */
@Injectable()
export class WaitlistService {
  constructor(
    private readonly database: Database,
    private readonly types: AppointmentTypeRepository,
    private readonly practitioners: PractitionerRepository,
    private readonly patients: PatientService,
    private readonly entries: WaitlistRepository,
    private readonly offers: WaitlistOffers,
    private readonly holds: HoldRepository,
    private readonly booking: BookingService,
    private readonly freedTimes: FreedTimeRepository,
    private readonly queue: Queue,
    private readonly survivors: Survivors,
  ) {}

  /** @throws DomainError type_unknown, practitioner_unknown, patient_unknown, patient_inactive, validation_failed */
  async enter(tx: Connection, caller: Caller, input: WaitlistInput): Promise<WaitlistEntryDto> {
    const { typeId, practitionerId, priority = 'routine' } = input;
    const [earliest, latest] = [toUtc(input.earliest), toUtc(input.latest)];
    if (Date.parse(latest) < Date.now())
      throw new ValidationFailed([{ path: 'latest', message: 'must not have passed' }]);
    await this.#requireKnown(tx, input);
    const patient = await this.patients.forBooking(tx, input.patientId, 'key share');
    await this.freedTimes.lockEntering(tx);
    const now = await this.entries.now(tx);
    const entry: WaitlistRow = {
      id: randomUUIDv7(),
      patientId: patient.id,
      homeId: null,
      typeId,
      practitionerId: practitionerId ?? null,
      earliest,
      latest,
      rank: rankOf(priority),
      status: 'waiting',
      ...nothingOffered,
      appointmentId: null,
      version: 1,
      createdAt: now,
      updatedAt: now,
    };
    await this.entries.insert(tx, entry, caller.subject);
    await this.queue.send(tx, entryOverQueue, entry.id, { entryId: entry.id }, justAfter(latest));
    return toDto(entry, Date.now());
  }

  async find(id: string): Promise<WaitlistEntryDto> {
    return toDto(required(await this.entries.find(this.database.reader, id)), Date.now());
  }

  async list(query: WaitlistQuery, caller: Caller): Promise<Page<WaitlistEntryDto>> {
    const { limit = defaultLimit, cursor } = query;
    const [after] = decodeCursor(cursor, [isId]) ?? [];
    const meant = await this.survivors.meant(query, caller);
    const rows = await this.entries.list(this.database.reader, meant, limit + 1, after);
    const now = Date.now();
    return toPage(
      rows,
      limit,
      ({ id }) => [id],
      (row) => toDto(row, now),
    );
  }

  /** The history of an entry, oldest change first. */
  history(id: string, query: PageQuery): Promise<Page<WaitlistChangeDto>> {
    const { reader } = this.database;
    return historyPage(query, async (limit, after) => {
      required(await this.entries.find(reader, id));
      return this.entries.changes(reader, id, limit, after);
    });
  }

  /** Twice is as good as once. @throws DomainError transition_not_allowed when the entry has ended otherwise */
  async withdraw(tx: Connection, caller: Caller, id: string): Promise<void> {
    const entry = required(await this.entries.findForChange(tx, id));
    const status = statusAt(entry, Date.now());
    if (status === 'withdrawn') return;
    if (status !== 'waiting' && status !== 'offered')
      throw new DomainError('transition_not_allowed', `The entry has ended; it is ${status}.`, {
        allowed: [],
      });
    await this.offers.end(tx, entry, { status: 'withdrawn' }, caller.subject, { action: 'withdrawn' });
  }

  /** Books what is offered. @throws DomainError hold_expired when nothing is; and as a booking */
  async accept(
    tx: Connection,
    caller: Caller,
    id: string,
    input: WaitlistAcceptInput,
  ): Promise<AppointmentDto> {
    const { typeId, ...entry } = required(await this.entries.find(tx, id));
    const hold = entry.holdId === null ? undefined : await this.holds.find(tx, entry.holdId);
    // As the hold names them, whose record may have been merged since.
    const patientId = hold?.patientId;
    if (!hold || typeof patientId !== 'string') throw nothingToAnswer();
    const { id: holdId, practitionerId, start } = hold;
    const visit = { typeId, patientId, practitionerId, start, ...input };
    return this.booking.book(tx, caller, { ...visit, holdId });
  }

  /** Gives back what is offered: the time goes to the next, and the entry waits for another. */
  async decline(
    tx: Connection,
    caller: Caller,
    id: string,
    { reason }: WaitlistDeclineInput,
  ): Promise<WaitlistEntryDto> {
    const entry = required(await this.entries.findForChange(tx, id));
    const declined = offerOf(entry) && (await this.offers.decline(tx, entry, caller.subject, reason));
    if (!declined) throw nothingToAnswer();
    return toDto(declined, Date.now());
  }

  async #requireKnown(tx: Connection, { typeId, practitionerId }: WaitlistInput): Promise<void> {
    if (!(await this.types.findKept(tx, typeId)))
      throw new DomainError('type_unknown', 'No appointment type has this typeId.');
    if (practitionerId !== undefined && !(await this.practitioners.findKept(tx, practitionerId)))
      throw new DomainError('practitioner_unknown', 'No practitioner has this practitionerId.');
  }
}

/** The first moment at which an instant of whole milliseconds has passed. */
function justAfter(instant: string): string {
  return Temporal.Instant.from(instant).add({ milliseconds: 1 }).toString();
}

function nothingToAnswer(): DomainError {
  return new DomainError('hold_expired', 'No time is offered, or no longer; wait for the next.');
}
