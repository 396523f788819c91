import { randomUUIDv7 } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { AppointmentDto, BookingInput, OverrideInput, ReasonDto } from '#contracts';
import { Database, DomainError, Survivors, type Caller, type Connection } from '#platform';
import { HoldRepository } from '../hold/hold.repository.ts';
import type { HoldRow, WaitlistRow } from '../tables.ts';
import { WaitlistOffers } from '../waitlist/waitlist.offers.ts';
import { newAppointment, toDto, type Booked } from './appointment.record.ts';
import { AppointmentRepository } from './appointment.repository.ts';
import { Claims, type ClaimResult } from './claims.ts';
import { notOfferedReasons, wantedAt, type Terms } from './refusal.ts';
import { Taking } from './taking.ts';
import { TermsReader } from './terms.ts';

/** What no override sets aside. */
const standing = new Set(['inactive', 'type_not_offered']);

@Injectable()
export class BookingService {
  constructor(
    private readonly database: Database,
    private readonly terms: TermsReader,
    private readonly taking: Taking,
    private readonly claims: Claims,
    private readonly holds: HoldRepository,
    private readonly appointments: AppointmentRepository,
    private readonly waitlist: WaitlistOffers,
    private readonly survivors: Survivors,
  ) {}

  /**
   * @throws DomainError not_bookable, slot_taken, *_unknown, patient_inactive; with a hold hold_expired, hold_mismatch;
   * with an override insufficient_scope, forbidden
   */
  async book(tx: Connection, caller: Caller, input: BookingInput): Promise<AppointmentDto> {
    const { holdId, override } = input;
    if (holdId !== undefined && override !== undefined)
      throw new DomainError('hold_mismatch', 'A hold is booked by the rules: leave out holdId or override.');
    if (override !== undefined) return this.#bookAgainstRules(tx, caller, input, override);
    if (holdId !== undefined) return this.#bookHeld(tx, caller, input, holdId);
    const terms = await this.terms.lock(tx, input);
    const waiting = await this.#waiting(tx, input, terms);
    const start = Date.parse(input.start);
    const id = randomUUIDv7();
    const result = await this.taking.attempt(tx, id, terms, start, Date.now());
    const roomId = await this.taking.required(tx, result, terms, start);
    return this.#record(tx, caller, input, terms, { id, roomId, waiting });
  }

  /**
   * Refuses, before anything is locked, what is clearly in vain: of many who want one time, most come too late.
   * @throws DomainError as book
   */
  async foresee(input: BookingInput): Promise<void> {
    if (input.holdId !== undefined || input.override !== undefined) return;
    const { reader } = this.database;
    const terms = await this.terms.read(reader, input);
    const start = Date.parse(input.start);
    const reasons = await this.taking.reasonsAgainst(reader, terms, start, Date.now());
    if (reasons.length > 0) throw await this.taking.refusal(reader, reasons, terms, start);
  }

  async #bookHeld(
    tx: Connection,
    caller: Caller,
    input: BookingInput,
    holdId: string,
  ): Promise<AppointmentDto> {
    const hold = await this.holds.find(tx, holdId);
    if (caller.patientId !== undefined && !(await this.#isHoldOf(tx, caller.patientId, hold)))
      throw new DomainError('forbidden', 'With a patient’s own token only that patient’s holds are booked.');
    if (!hold) throw holdExpired();
    requireSameTime(hold, input);
    const locked = await this.terms.lock(tx, { ...input, roomId: hold.roomId ?? undefined });
    // A hold that names nobody is anybody's.
    const isTheirs = hold.patientId === null || hold.patientId === input.patientId;
    if (!isTheirs && !(await this.#isHoldOf(tx, locked.patientId, hold)))
      throw new DomainError('hold_mismatch', 'The hold is for another patientId.');
    const waiting = await this.#waiting(tx, input, locked);
    const { minutes, bufferBefore, bufferAfter } = hold;
    // As it was held: neither a change of the type nor the notice that runs on takes a promise back.
    const type = { ...locked.type, minutes, bufferBefore, bufferAfter };
    const terms = { ...locked, type };
    const start = Date.parse(hold.start);
    const id = randomUUIDv7();
    const confirmed = await this.claims.confirm(tx, hold, id, wantedAt(terms, start));
    if (!confirmed) throw holdExpired();
    const result = unlessRefused(confirmed, notOfferedReasons(terms, start, Date.parse(hold.createdAt)));
    // What there is instead goes by the type as it is now.
    const roomId = await this.taking.required(tx, result, { ...locked, roomId: input.roomId }, start);
    return this.#record(tx, caller, input, terms, { id, roomId, waiting });
  }

  /** Under whichever id of the patient's, whose records may have been merged since. */
  async #isHoldOf(tx: Connection, patientId: string, hold: HoldRow | undefined): Promise<boolean> {
    return typeof hold?.patientId === 'string' && this.survivors.areOne(hold.patientId, patientId, tx);
  }

  /** Under FOR UPDATE of what it occupies: ordinary bookings there come before it or see it. */
  async #bookAgainstRules(
    tx: Connection,
    caller: Caller,
    input: BookingInput,
    { reason }: OverrideInput,
  ): Promise<AppointmentDto> {
    if (caller.patientId !== undefined)
      throw new DomainError('forbidden', 'A patient’s own token can’t set the rules aside.');
    if (!caller.scopes.has('appointments.override'))
      throw new DomainError(
        'insufficient_scope',
        'An override needs the scope clinic/appointments.override.',
      );
    const terms = await this.terms.lock(tx, input, 'update');
    const start = Date.parse(input.start);
    const reasons = notOfferedReasons(terms, start, Date.now()).filter(({ code }) => standing.has(code));
    if (reasons.length > 0)
      throw new DomainError('not_bookable', 'No override sets these reasons aside.', { reasons });
    const waiting = await this.#waiting(tx, input, terms);
    const id = randomUUIDv7();
    const roomId = await this.claims.override(tx, id, wantedAt(terms, start), terms.roomId !== undefined);
    const override = { reason, by: caller.subject };
    return this.#record(tx, caller, input, terms, { id, roomId, override, waiting });
  }

  /** What the patient, by this id or as the survivor, waits for and has with this booking. */
  #waiting(
    tx: Connection,
    { patientId, holdId }: BookingInput,
    terms: Terms<string>,
  ): Promise<WaitlistRow[]> {
    return this.waitlist.waitingFor(tx, [patientId, terms.patientId], terms.type.id, holdId);
  }

  async #record(
    tx: Connection,
    caller: Caller,
    { practitionerId, start, reason }: BookingInput,
    { type, patientId }: Terms<string>,
    { waiting, ...taken }: Pick<Booked, 'id' | 'roomId' | 'override'> & { waiting: readonly WaitlistRow[] },
  ): Promise<AppointmentDto> {
    const appointment = newAppointment({ type, patientId, practitionerId, start, reason, ...taken });
    await this.appointments.insert(tx, [appointment], caller.subject);
    await this.waitlist.fulfil(tx, waiting, appointment.id, caller.subject);
    return toDto(appointment);
  }
}

/** The claims are kept if the time is still offered. */
function unlessRefused(result: ClaimResult, notOffered: ReasonDto[]): ClaimResult {
  if (notOffered.length === 0) return result;
  return { taken: false, reasons: [...notOffered, ...(result.taken ? [] : result.reasons)] };
}

function requireSameTime(hold: HoldRow, input: BookingInput): void {
  const differing = [
    hold.typeId !== input.typeId && 'typeId',
    hold.practitionerId !== input.practitionerId && 'practitionerId',
    Date.parse(hold.start) !== Date.parse(input.start) && 'start',
    input.roomId !== undefined && hold.roomId !== input.roomId && 'roomId',
  ].filter((name) => name !== false);
  if (differing.length > 0)
    throw new DomainError('hold_mismatch', `The hold is for another ${differing.join(', ')}.`);
}

function holdExpired(): DomainError {
  return new DomainError('hold_expired', 'The hold has expired, was used or was given back; take a new one.');
}
