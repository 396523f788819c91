import { Injectable } from '@nestjs/common';
import { DomainError, together, type Connection, type RowLock } from '#platform';
import { PatientService } from '../patient/patient.service.ts';
import type { TypeRow } from '../tables.ts';
import { AppointmentTypeRepository } from '../type/type.repository.ts';
import type { Terms } from './refusal.ts';
import { TermsRepository, type BookableRoom, type RuleLock, type TermsKey } from './terms.repository.ts';

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
    private readonly repository: TermsRepository,
    private readonly types: AppointmentTypeRepository,
    private readonly patients: PatientService,
  ) {}

  /**
   * The terms under the locks that keep them true until the transaction ends. Always taken in this order, so that
   * bookings and changes of rules never wait on each other crosswise.
   * @throws DomainError type_unknown, practitioner_unknown, room_unknown, patient_unknown, patient_inactive
   */
  async lock<Patient extends string | undefined>(
    tx: Connection,
    asked: Asked<Patient>,
    lock: RuleLock = 'key share',
    patientLock: RowLock = lock,
  ): Promise<Terms<Patient>> {
    const { patientId } = asked;
    const key = keyOf(asked);
    // All have ended before any failure is told: nothing is under way after it.
    const [schedule, rooms, patient] = await together(tx, () =>
      Promise.allSettled([
        this.repository.lockSchedule(tx, key, lock),
        this.repository.lockRooms(tx, key, lock),
        patientId === undefined ? undefined : this.patients.forBooking(tx, patientId, patientLock),
      ]),
    );
    const fault = [schedule, rooms, patient].find(isFault);
    if (fault) throw fault.reason;
    const found = valueOf(schedule) ?? (await this.#unknown(tx, asked.typeId));
    return {
      ...found,
      ...chooseRooms(found.type, asked, valueOf(rooms)),
      patientId: valueOf(patient)?.id as Patient,
    };
  }

  /**
   * The terms as they are, for whoever only looks.
   * @throws DomainError as lock
   */
  async read<Patient extends string | undefined>(
    connection: Connection,
    asked: Asked<Patient>,
  ): Promise<Terms<Patient>> {
    const { patientId, typeId } = asked;
    const { schedule, rooms, patient } = await this.repository.read(connection, keyOf(asked));
    const found = schedule ?? (await this.#unknown(connection, typeId));
    const chosen = chooseRooms(found.type, asked, rooms);
    const survivor =
      patientId === undefined ? undefined : await this.patients.forReading(connection, patientId, patient);
    return { ...found, ...chosen, patientId: survivor?.id as Patient };
  }

  async #unknown(connection: Connection, typeId: string): Promise<never> {
    throw (await this.types.find(connection, typeId))
      ? new DomainError('practitioner_unknown', 'No practitioner has this practitionerId.')
      : new DomainError('type_unknown', 'No appointment type has this typeId.');
  }
}

function keyOf({ typeId, practitionerId, roomId, presentRoomId, patientId }: Asked): TermsKey {
  return { typeId, practitionerId, roomId, presentRoomId, patientId };
}

/** Whether the database failed: then the transaction can't ask it anything more. */
function isFault(settled: PromiseSettledResult<unknown>): settled is PromiseRejectedResult {
  return settled.status === 'rejected' && !(settled.reason instanceof DomainError);
}

function valueOf<T>(settled: PromiseSettledResult<T>): T {
  if (settled.status === 'rejected') throw settled.reason;
  return settled.value;
}

/** The present room stays if the type needs none; if it does, it is only the first to be tried. */
function chooseRooms(
  { needsRoom }: TypeRow,
  { roomId, presentRoomId }: Asked,
  rooms: readonly BookableRoom[],
): Pick<Terms, 'roomId' | 'roomIds' | 'roomActive'> {
  const named = roomId ?? (needsRoom ? undefined : presentRoomId);
  if (named !== undefined) {
    const [room] = rooms;
    if (!room) throw new DomainError('room_unknown', 'No room has this roomId.');
    return { roomId: named, roomIds: [named], roomActive: room.active };
  }
  if (!needsRoom) return { roomId: undefined, roomIds: undefined, roomActive: true };
  const ids = rooms.filter(({ active }) => active).map(({ id }) => id);
  const preferred = ids.filter((id) => id === presentRoomId);
  const others = ids.filter((id) => id !== presentRoomId);
  return { roomId: undefined, roomIds: [...preferred, ...others], roomActive: true };
}
