import { Injectable } from '@nestjs/common';
import { isId, isInstant, type Page, type SlotDto, type SlotQuery } from '#contracts';
import {
  Database,
  decodeCursor,
  defaultLimit,
  DomainError,
  toPage,
  ValidationFailed,
  type Connection,
} from '#platform';
import { dayMs, instantText, minuteMs, type Span } from '../booking/rules/index.ts';
import { PatientService } from '../patient/patient.service.ts';
import { PractitionerRepository } from '../practitioner/practitioner.repository.ts';
import { RoomRepository } from '../room/room.repository.ts';
import type { TypeRow } from '../tables.ts';
import { AppointmentTypeRepository } from '../type/type.repository.ts';
import { FreeTimes, type FreeTime, type Search } from './free-times.ts';

const longestRangeDays = 62;

@Injectable()
export class SlotService {
  constructor(
    private readonly database: Database,
    private readonly types: AppointmentTypeRepository,
    private readonly practitioners: PractitionerRepository,
    private readonly rooms: RoomRepository,
    private readonly patients: PatientService,
    private readonly freeTimes: FreeTimes,
  ) {}

  /** A page of free starts in order. */
  async list(query: SlotQuery): Promise<Page<SlotDto>> {
    const range = rangeOf(query);
    const after = keyOf(query.cursor);
    const { reader } = this.database;
    const type = await this.types.find(reader, query.typeId);
    if (!type) throw new DomainError('type_unknown', 'No appointment type has this typeId.');
    const patient = query.patientId && (await this.patients.forReading(reader, query.patientId));
    const wanted = { ...query, ...(patient && { patientId: patient.id }) };
    const search = await this.searchFor(reader, type, wanted, Date.now());
    const limit = query.limit ?? defaultLimit;
    const found = await this.#collect(search, range, after, limit + 1);
    return toPage(
      found,
      limit,
      ({ start, practitionerId }) => [instantText(start), practitionerId],
      (time) => toSlot(time, type.minutes),
    );
  }

  /** The search for times of a type, as far as a practitioner, a room and a patient are named. */
  async searchFor(
    connection: Connection,
    type: TypeRow,
    wanted: Partial<Record<'practitionerId' | 'roomId' | 'patientId', string | undefined>>,
    now: number,
  ): Promise<Search> {
    return {
      type,
      practitioners: await this.practitioners.offering(connection, type.id, wanted.practitionerId),
      roomIds: await this.#roomIds(connection, type, wanted.roomId),
      patientId: wanted.patientId,
      now,
    };
  }

  /** Looks through the range in growing steps, so that a first page of a long range reads little of it. */
  async #collect(
    search: Search,
    range: Span,
    after: FreeTime | undefined,
    count: number,
  ): Promise<FreeTime[]> {
    const found: FreeTime[] = [];
    let from = Math.max(range.start, after?.start ?? 0);
    for (let step = dayMs; from < range.end && found.length < count; from += step, step *= 2) {
      const times = await this.freeTimes.within(this.database.reader, search, {
        start: from,
        end: Math.min(from + step, range.end),
      });
      found.push(...times.filter((time) => isAfter(time, after)));
    }
    return found.slice(0, count);
  }

  async #roomIds(
    connection: Connection,
    type: TypeRow,
    roomId: string | undefined,
  ): Promise<string[] | undefined> {
    if (!type.needsRoom && roomId === undefined) return undefined;
    const active = await this.rooms.activeIds(connection);
    return roomId === undefined ? active : active.filter((id) => id === roomId);
  }
}

export function toSlot({ start, practitionerId }: FreeTime, minutes: number): SlotDto {
  return { start: instantText(start), end: instantText(start + minutes * minuteMs), practitionerId };
}

function rangeOf({ from, to }: SlotQuery): Span {
  const range = { start: Date.parse(from), end: Date.parse(to) };
  if (range.start >= range.end)
    throw new ValidationFailed([{ path: 'to', message: 'must be later than from' }]);
  if (range.end - range.start > longestRangeDays * dayMs)
    throw new DomainError('range_too_long', `Ask for at most ${longestRangeDays} days at once.`);
  return range;
}

function keyOf(cursor: string | undefined): FreeTime | undefined {
  const [start, practitionerId] = decodeCursor(cursor, [isInstant, isId]) ?? [];
  return start === undefined || practitionerId === undefined
    ? undefined
    : { start: Date.parse(start), practitionerId };
}

function isAfter(time: FreeTime, after: FreeTime | undefined): boolean {
  if (after === undefined || time.start > after.start) return true;
  return time.start === after.start && time.practitionerId > after.practitionerId;
}
