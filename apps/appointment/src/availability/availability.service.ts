import { Injectable } from '@nestjs/common';
import type {
  AvailabilityChangeDto,
  AvailabilityDto,
  AvailabilityImpactDto,
  AvailabilityInput,
  AvailabilityQuery,
} from '#contracts';
import {
  Database,
  DomainError,
  NotFound,
  nowUtc,
  type Caller,
  type Connection,
  type Precondition,
} from '#platform';
import { PractitionerRepository } from '../practitioner/practitioner.repository.ts';
import { AppointmentRepository } from '../booking/appointment.repository.ts';
import { AppointmentService } from '../booking/appointment.service.ts';
import { availableSpans } from '../booking/rules/index.ts';
import { Freeing } from '../freed/freeing.ts';
import type { AppointmentRow, AvailabilityRow } from '../tables.ts';
import { AvailabilityRepository } from './availability.repository.ts';

interface Replacement extends AvailabilityQuery {
  practitionerId: string;
  input: AvailabilityInput;
}

@Injectable()
export class AvailabilityService {
  constructor(
    private readonly database: Database,
    private readonly practitioners: PractitionerRepository,
    private readonly availabilities: AvailabilityRepository,
    private readonly appointments: AppointmentRepository,
    private readonly lifecycle: AppointmentService,
    private readonly freeing: Freeing,
  ) {}

  async find(practitionerId: string): Promise<AvailabilityDto> {
    return toDto(await this.#load(this.database.reader, practitionerId));
  }

  /**
   * Replaces the availability, and with it what becomes of appointments that lose their time. The practitioner's lock
   * lets bookings under way finish first and keeps new ones out meanwhile.
   */
  async replace(
    tx: Connection,
    caller: Caller,
    precondition: Precondition,
    { practitionerId, input, dryRun = false, conflicts = 'reject' }: Replacement,
  ): Promise<AvailabilityChangeDto> {
    const practitioner = await this.practitioners.findForChange(tx, practitionerId);
    if (!practitioner) throw new NotFound('practitioner');
    const before = await this.#load(tx, practitionerId);
    const { version } = before;
    precondition.check(version);
    const { timeZone, weekly, exceptions } = input;
    const row = { practitionerId, timeZone, weekly, exceptions, version: version + 1 };
    const impact = impactOf(row, await this.#booked(tx, practitionerId));
    if (dryRun) return { availability: toDto({ ...row, version }), impact };
    if (impact.orphans.length > 0 && conflicts === 'reject')
      throw new DomainError(
        'appointments_affected',
        'Move or cancel the appointments in impact.orphans, or say by conflicts what becomes of them.',
        { impact },
      );
    await this.availabilities.update(tx, row);
    const { typeIds } = practitioner;
    await this.freeing.noteAvailability(tx, { practitionerId, typeIds, before, after: row });
    return {
      availability: toDto(row),
      impact: conflicts === 'cancel' ? await this.#cancelOrphans(tx, caller, row) : impact,
    };
  }

  /** @returns the impact as it is once those it cancels are locked: one that has changed by then is none of them */
  async #cancelOrphans(tx: Connection, caller: Caller, row: AvailabilityRow): Promise<AvailabilityImpactDto> {
    let booked: AppointmentRow[] = [];
    const find = async (): Promise<AppointmentRow[]> => {
      booked = await this.#booked(tx, row.practitionerId);
      return orphansOf(row, booked);
    };
    await this.lifecycle.cancelAll(tx, caller, find, 'The practitioner is no longer available then.');
    return impactOf(row, booked);
  }

  /** Those still to come. They can be cancelled or move to another practitioner meanwhile, but none can be added. */
  #booked(tx: Connection, practitionerId: string): Promise<AppointmentRow[]> {
    return this.appointments.bookedAfter(tx, practitionerId, nowUtc());
  }

  async #load(connection: Connection, practitionerId: string): Promise<AvailabilityRow> {
    const availability = await this.availabilities.find(connection, practitionerId);
    if (!availability) throw new NotFound('practitioner');
    return availability;
  }
}

function impactOf(row: AvailabilityRow, booked: readonly AppointmentRow[]): AvailabilityImpactDto {
  const orphans = orphansOf(row, booked).map(({ id }) => id);
  return { affected: booked.length, fitting: booked.length - orphans.length, orphans };
}

/** What loses its time; what was booked against the rules never went by them. */
function orphansOf(availability: AvailabilityRow, booked: readonly AppointmentRow[]): AppointmentRow[] {
  return booked.filter(
    (appointment) => appointment.overrideReason === null && !covers(availability, appointment),
  );
}

function covers(availability: AvailabilityRow, { typeId, start, end }: AppointmentRow): boolean {
  const span = { start: Date.parse(start), end: Date.parse(end) };
  const [first] = availableSpans(availability, typeId, span);
  return first?.start === span.start && first.end === span.end;
}

function toDto({ timeZone, weekly, exceptions, version }: AvailabilityRow): AvailabilityDto {
  return { timeZone, weekly, exceptions, version };
}
