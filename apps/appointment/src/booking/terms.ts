import { Injectable } from '@nestjs/common';
import { DomainError, NotFound, type Connection, type RowLock } from '#platform';
import { AvailabilityRepository } from '../availability/availability.repository.ts';
import { PatientService } from '../patient/patient.service.ts';
import { PractitionerRepository } from '../practitioner/practitioner.repository.ts';
import { RoomRepository } from '../room/room.repository.ts';
import { rulesOf } from '../slot/slot.service.ts';
import type { TypeRow } from '../tables.ts';
import { AppointmentTypeRepository } from '../type/type.repository.ts';
import type { Terms } from './refusal.ts';

/** What a booking names. */
export interface Asked<Patient extends string | undefined = string | undefined> {
  typeId: string;
  practitionerId: string;
  patientId: Patient;
  roomId?: string | undefined;
  /** The room of an appointment that moves: kept where it can be. */
  presentRoomId?: string | undefined;
}

/** Reads what bookings go by. */
@Injectable()
export class TermsReader {
  constructor(
    private readonly types: AppointmentTypeRepository,
    private readonly practitioners: PractitionerRepository,
    private readonly availabilities: AvailabilityRepository,
    private readonly rooms: RoomRepository,
    private readonly patients: PatientService,
  ) {}

  /**
   * The terms under the locks that keep them true until the transaction ends. Always taken in this order, so that
   * bookings and changes of rules never wait on each other crosswise.
   * @throws DomainError type_unknown, practitioner_unknown, room_unknown, patient_unknown, patient_inactive
   */
  lock<Patient extends string | undefined>(
    tx: Connection,
    asked: Asked<Patient>,
    lock: RowLock = 'key share',
  ): Promise<Terms<Patient>> {
    return this.#gather(tx, asked, lock);
  }

  /**
   * The terms as they are, for whoever only looks.
   * @throws DomainError as lock
   */
  read(connection: Connection, asked: Asked): Promise<Terms> {
    return this.#gather(connection, asked, undefined);
  }

  async #gather<Patient extends string | undefined>(
    connection: Connection,
    asked: Asked<Patient>,
    lock: RowLock | undefined,
  ): Promise<Terms<Patient>> {
    const { typeId, practitionerId } = asked;
    const found = await this.practitioners.findWithType(connection, typeId, practitionerId, lock);
    if (!found) throw await this.#unknown(connection, typeId);
    const { type, practitioner } = found;
    const availability = await this.availabilities.find(connection, practitioner.id);
    if (!availability) throw new NotFound('availability');
    const rooms = await this.#rooms(connection, type, asked, lock);
    return {
      type,
      practitioner: rulesOf({ practitioner, availability }),
      ...rooms,
      patientId: await this.#patientId(connection, asked.patientId, lock),
    };
  }

  async #unknown(connection: Connection, typeId: string): Promise<DomainError> {
    return (await this.types.find(connection, typeId))
      ? new DomainError('practitioner_unknown', 'No practitioner has this practitionerId.')
      : new DomainError('type_unknown', 'No appointment type has this typeId.');
  }

  async #rooms(
    connection: Connection,
    { needsRoom }: TypeRow,
    { roomId, presentRoomId }: Asked,
    lock: RowLock | undefined,
  ): Promise<Pick<Terms, 'roomId' | 'roomIds' | 'roomActive'>> {
    const named = roomId ?? (needsRoom ? undefined : presentRoomId);
    if (named !== undefined) {
      const room = await this.rooms.findForBooking(connection, named, lock);
      if (!room) throw new DomainError('room_unknown', 'No room has this roomId.');
      return { roomId: named, roomIds: [named], roomActive: room.active };
    }
    if (!needsRoom) return { roomId: undefined, roomIds: undefined, roomActive: true };
    const active = await this.rooms.activeIds(connection, lock);
    const preferred = active.filter((id) => id === presentRoomId);
    const others = active.filter((id) => id !== presentRoomId);
    return { roomId: undefined, roomIds: [...preferred, ...others], roomActive: true };
  }

  /** The survivor of a merged-away id; nobody's is nobody's. */
  async #patientId<Patient extends string | undefined>(
    connection: Connection,
    id: Patient,
    lock: RowLock | undefined,
  ): Promise<Patient> {
    if (id === undefined) return id;
    const patient =
      lock === undefined
        ? await this.patients.forReading(connection, id)
        : await this.patients.forBooking(connection, id, lock);
    return patient.id as Patient;
  }
}
