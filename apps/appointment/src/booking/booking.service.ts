import { randomUUIDv7 } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { AppointmentDto, BookingInput, ReasonDto } from '#contracts';
import { DomainError, NotFound, nowUtc, toUtc, type Caller, type Connection } from '#platform';
import { AvailabilityRepository } from '../availability/availability.repository.ts';
import { PatientService } from '../patient/patient.service.ts';
import { PractitionerRepository } from '../practitioner/practitioner.repository.ts';
import { RoomRepository } from '../room/room.repository.ts';
import { FreeTimes } from '../slot/free-times.ts';
import { rulesOf, SlotService, toSlot } from '../slot/slot.service.ts';
import type { AppointmentRow, TypeRow } from '../tables.ts';
import { AppointmentTypeRepository } from '../type/type.repository.ts';
import { toDto } from './appointment.record.ts';
import { AppointmentRepository } from './appointment.repository.ts';
import { Claims } from './claims.ts';
import { occupied, refusals, type PractitionerRules } from './rules/index.ts';
import type { Wanted } from './refusal.ts';

/** What a booking goes by, read under the locks that keep it true. */
interface Terms {
  type: TypeRow;
  practitioner: PractitionerRules;
  roomIds: readonly string[] | undefined;
  roomActive: boolean;
  patientId: string;
}

/** What a booking asks for. */
type Asked = Pick<BookingInput, 'typeId' | 'patientId' | 'practitionerId' | 'start'> & {
  roomId?: string | undefined;
};

@Injectable()
export class BookingService {
  constructor(
    private readonly types: AppointmentTypeRepository,
    private readonly practitioners: PractitionerRepository,
    private readonly availabilities: AvailabilityRepository,
    private readonly rooms: RoomRepository,
    private readonly patients: PatientService,
    private readonly appointments: AppointmentRepository,
    private readonly claims: Claims,
    private readonly slots: SlotService,
    private readonly freeTimes: FreeTimes,
  ) {}

  /** @throws DomainError not_bookable, slot_taken, *_unknown, patient_inactive */
  async book(tx: Connection, caller: Caller, input: BookingInput): Promise<AppointmentDto> {
    const terms = await this.#lockTerms(tx, input);
    const start = Date.parse(input.start);
    requireOffered(terms, start);
    const { type, patientId } = terms;
    const wanted: Wanted = { ...terms, ...occupied(type, start), practitionerId: input.practitionerId };
    const id = randomUUIDv7();
    const claim = await this.claims.claim(tx, id, wanted);
    if (!claim.taken) throw await this.#taken(tx, terms, input, claim.reasons);
    const appointment = newAppointment(id, input, type, patientId, claim.roomId);
    await this.appointments.insert(tx, appointment);
    await this.appointments.noteChange(tx, appointment, caller.subject, { action: 'booked' });
    return toDto(appointment);
  }

  /**
   * Takes the freed time of an appointment again, as it was fixed at booking.
   * @throws DomainError slot_taken, patient_inactive
   */
  async takeAgain(tx: Connection, appointment: AppointmentRow): Promise<void> {
    const { id, practitionerId, patientId } = appointment;
    const roomId = appointment.roomId ?? undefined;
    const asked: Asked = { ...appointment, roomId };
    const terms = await this.#lockTerms(tx, asked);
    const roomIds = roomId === undefined ? undefined : [roomId];
    const spans = occupied(appointment, Date.parse(appointment.start));
    const claim = await this.claims.claim(tx, id, { practitionerId, patientId, roomIds, ...spans });
    if (!claim.taken) throw await this.#taken(tx, terms, asked, claim.reasons);
  }

  /** Always in this order, so that bookings and changes of rules never wait on each other crosswise. */
  async #lockTerms(tx: Connection, input: Asked): Promise<Terms> {
    const found = await this.practitioners.findWithTypeForBooking(tx, input.typeId, input.practitionerId);
    if (!found) throw await this.#unknown(tx, input.typeId);
    const { type, practitioner } = found;
    const schedule = await this.availabilities.find(tx, practitioner.id);
    if (!schedule) throw new NotFound('availability');
    const rooms = await this.#lockRooms(tx, type, input.roomId);
    const patient = await this.patients.forBooking(tx, input.patientId);
    return {
      type,
      practitioner: rulesOf({ practitioner, availability: schedule }),
      ...rooms,
      patientId: patient.id,
    };
  }

  async #unknown(tx: Connection, typeId: string): Promise<DomainError> {
    return (await this.types.find(tx, typeId))
      ? new DomainError('practitioner_unknown', 'No practitioner has this practitionerId.')
      : new DomainError('type_unknown', 'No appointment type has this typeId.');
  }

  async #lockRooms(
    tx: Connection,
    type: TypeRow,
    roomId: string | undefined,
  ): Promise<Pick<Terms, 'roomIds' | 'roomActive'>> {
    if (roomId !== undefined) {
      const room = await this.rooms.findForBooking(tx, roomId);
      if (!room) throw new DomainError('room_unknown', 'No room has this roomId.');
      return { roomIds: [room.id], roomActive: room.active };
    }
    if (!type.needsRoom) return { roomIds: undefined, roomActive: true };
    const active = await this.rooms.activeForBooking(tx);
    return { roomIds: active.map(({ id }) => id), roomActive: true };
  }

  /** Tells the reasons and, for this patient, what could be had instead. */
  async #taken(tx: Connection, terms: Terms, input: Asked, reasons: ReasonDto[]): Promise<DomainError> {
    const { type, patientId } = terms;
    const search = await this.slots.searchFor(
      tx,
      type,
      { patientId, ...(input.roomId !== undefined && { roomId: input.roomId }) },
      Date.now(),
    );
    const nearest = await this.freeTimes.nearest(tx, search, Date.parse(input.start));
    return new DomainError(
      'slot_taken',
      'The time is taken; alternatives are the nearest that can be booked.',
      {
        reasons,
        alternatives: nearest.map((time) => toSlot(time, type.minutes)),
      },
    );
  }
}

function requireOffered({ practitioner, type, roomActive }: Terms, start: number): void {
  const reasons: ReasonDto[] = refusals(practitioner, type, start, Date.now());
  if (!roomActive) reasons.push({ code: 'inactive', detail: 'The room takes no new bookings.' });
  if (reasons.length > 0)
    throw new DomainError('not_bookable', 'The time is not offered; see reasons.', { reasons });
}

function newAppointment(
  id: string,
  input: BookingInput,
  { minutes, bufferBefore, bufferAfter, id: typeId }: TypeRow,
  patientId: string,
  roomId: string | null,
): AppointmentRow {
  const now = nowUtc();
  const start = toUtc(input.start);
  return {
    id,
    status: 'booked',
    typeId,
    patientId,
    practitionerId: input.practitionerId,
    roomId,
    start,
    end: Temporal.Instant.from(start).add({ minutes }).toString(),
    minutes,
    bufferBefore,
    bufferAfter,
    reason: input.reason ?? null,
    cancelReason: null,
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
}
