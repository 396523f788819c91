import { Id, InstantText, OneOf, Text, Whole } from './value-fields.ts';
import { PageQuery } from './page.dto.ts';

const appointmentStatuses = ['booked', 'arrived', 'checked-in', 'fulfilled', 'cancelled', 'noshow'] as const;
export type AppointmentStatus = (typeof appointmentStatuses)[number];

const reasonCodes = [
  'outside_availability',
  'too_soon',
  'too_far_ahead',
  'type_not_offered',
  'off_grid',
  'inactive',
  'practitioner_busy',
  'held',
  'no_room_free',
  'patient_busy',
] as const;
export type ReasonCode = (typeof reasonCodes)[number];

/** Why a time can't be booked. */
export class ReasonDto {
  @OneOf(reasonCodes) code!: ReasonCode;
  @Text() detail!: string;
}

export class SlotQuery extends PageQuery {
  @Id() typeId!: string;
  @InstantText({ description: 'First start, included.' }) from!: string;
  @InstantText({ description: 'Last start, excluded; at most 62 days after `from`.' }) to!: string;
  @Id({ optional: true }) practitionerId?: string;
  @Id({ optional: true }) roomId?: string;
  @Id({ optional: true, description: 'Leaves out the starts at which this patient is elsewhere.' })
  patientId?: string;
}

export class SlotDto {
  @InstantText() start!: string;
  @InstantText() end!: string;
  @Id() practitionerId!: string;
}

export class BookingInput {
  @Id() typeId!: string;
  @Id() patientId!: string;
  @Id() practitionerId!: string;
  @InstantText() start!: string;

  @Id({ optional: true, description: 'One is picked when the type needs a room and none is named.' })
  roomId?: string;

  @Text({ optional: true, max: 500, description: 'Why the patient comes.' })
  reason?: string;
}

export class AppointmentDto extends BookingInput {
  @Id() id!: string;
  @OneOf(appointmentStatuses) status!: AppointmentStatus;
  @InstantText() end!: string;
  @Whole({ min: 1, max: 1440 }) minutes!: number;
  @Text({ optional: true, max: 500 }) cancelReason?: string;
  @Whole({ min: 1, max: 2_147_483_647 }) version!: number;
  @InstantText() createdAt!: string;
  @InstantText() updatedAt!: string;
}

export class AppointmentQuery extends PageQuery {
  @Id({ optional: true }) patientId?: string;
  @Id({ optional: true }) practitionerId?: string;
  @Id({ optional: true }) roomId?: string;
  @OneOf(appointmentStatuses, { optional: true }) status?: AppointmentStatus;
  @InstantText({ optional: true, description: 'Earliest start, included.' }) from?: string;
  @InstantText({ optional: true, description: 'Latest start, excluded.' }) to?: string;
}

export class StatusChangeInput {
  @OneOf(appointmentStatuses) status!: AppointmentStatus;
  @Text({ optional: true, max: 500 }) reason?: string;
}
