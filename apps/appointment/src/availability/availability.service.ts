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
  type Command,
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
    { caller, access }: Command,
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
    const booked = await this.lifecycle.lockAll(tx, () =>
      this.appointments.bookedAfter(tx, practitionerId, nowUtc()),
    );
    const orphans = orphansOf(row, booked);
    access?.concerns(orphans.map(({ patientId }) => patientId));
    const impact = impactOn(booked, orphans);
    if (dryRun) return { availability: toDto({ ...row, version }), impact };
    if (orphans.length > 0 && conflicts === 'reject')
      throw new DomainError(
        'appointments_affected',
        'Move or cancel the appointments in impact.orphans, or say by conflicts what becomes of them.',
        { impact },
      );
    await this.availabilities.update(tx, row);
    const { typeIds } = practitioner;
    await this.freeing.noteAvailability(tx, { practitionerId, typeIds, before, after: row });
    if (conflicts === 'cancel')
      await this.lifecycle.cancelAll(tx, caller, orphans, 'The practitioner is no longer available then.');
    return { availability: toDto(row), impact };
  }

  async #load(connection: Connection, practitionerId: string): Promise<AvailabilityRow> {
    const availability = await this.availabilities.find(connection, practitionerId);
    if (!availability) throw new NotFound('practitioner');
    return availability;
  }
}

/** What loses its time; what was booked against the rules never went by them. */
function orphansOf(availability: AvailabilityRow, booked: readonly AppointmentRow[]): AppointmentRow[] {
  return booked.filter(
    (appointment) => appointment.overrideReason === null && !covers(availability, appointment),
  );
}

function impactOn(
  booked: readonly AppointmentRow[],
  orphans: readonly AppointmentRow[],
): AvailabilityImpactDto {
  const ids = orphans.map(({ id }) => id);
  return { affected: booked.length, fitting: booked.length - ids.length, orphans: ids };
}

function covers(availability: AvailabilityRow, { typeId, start, end }: AppointmentRow): boolean {
  const span = { start: Date.parse(start), end: Date.parse(end) };
  const [first] = availableSpans(availability, typeId, span);
  return first?.start === span.start && first.end === span.end;
}

function toDto({ timeZone, weekly, exceptions, version }: AvailabilityRow): AvailabilityDto {
  return { timeZone, weekly, exceptions, version };
}
