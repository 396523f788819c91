import { Injectable } from '@nestjs/common';
import type {
  AvailabilityChangeDto,
  AvailabilityDto,
  AvailabilityImpactDto,
  AvailabilityInput,
} from '#contracts';
import { Database, DomainError, NotFound, nowUtc, type Connection, type Precondition } from '#platform';
import { PractitionerRepository } from '../practitioner/practitioner.repository.ts';
import { AppointmentRepository } from '../booking/appointment.repository.ts';
import { availableSpans } from '../booking/rules/index.ts';
import type { AppointmentRow, AvailabilityRow } from '../tables.ts';
import { AvailabilityRepository } from './availability.repository.ts';

@Injectable()
export class AvailabilityService {
  constructor(
    private readonly database: Database,
    private readonly practitioners: PractitionerRepository,
    private readonly availabilities: AvailabilityRepository,
    private readonly appointments: AppointmentRepository,
  ) {}

  async find(practitionerId: string): Promise<AvailabilityDto> {
    return toDto(await this.#load(this.database.reader, practitionerId));
  }

  async replace(
    tx: Connection,
    practitionerId: string,
    precondition: Precondition,
    { timeZone, weekly, exceptions }: AvailabilityInput,
  ): Promise<AvailabilityChangeDto> {
    if (!(await this.practitioners.findForChange(tx, practitionerId))) throw new NotFound('practitioner');
    const { version } = await this.#load(tx, practitionerId);
    precondition.check(version);
    const row = { practitionerId, timeZone, weekly, exceptions, version: version + 1 };
    const impact = await this.#impactOf(tx, row);
    if (impact.orphans.length > 0)
      throw new DomainError(
        'appointments_affected',
        'Move or cancel the appointments in impact.orphans first.',
        { impact },
      );
    await this.availabilities.update(tx, row);
    return { availability: toDto(row), impact };
  }

  /** What the booked appointments still to come make of it. The practitioner's lock keeps new ones out meanwhile. */
  async #impactOf(tx: Connection, row: AvailabilityRow): Promise<AvailabilityImpactDto> {
    const booked = await this.appointments.bookedAfter(tx, row.practitionerId, nowUtc());
    const orphans = booked.filter((appointment) => !covers(row, appointment)).map(({ id }) => id);
    return { affected: booked.length, fitting: booked.length - orphans.length, orphans };
  }

  async #load(connection: Connection, practitionerId: string): Promise<AvailabilityRow> {
    const availability = await this.availabilities.find(connection, practitionerId);
    if (!availability) throw new NotFound('practitioner');
    return availability;
  }
}

function covers(availability: AvailabilityRow, { typeId, start, end }: AppointmentRow): boolean {
  const span = { start: Date.parse(start), end: Date.parse(end) };
  const [first] = availableSpans(availability, typeId, span);
  return first?.start === span.start && first.end === span.end;
}

function toDto({ timeZone, weekly, exceptions, version }: AvailabilityRow): AvailabilityDto {
  return { timeZone, weekly, exceptions, version };
}
