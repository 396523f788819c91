import { Nested } from './list-fields.ts';
import { PageQuery } from './page.dto.ts';
import { Flag, Id, InstantText, OneOf, Text, Whole } from './value-fields.ts';

const appointmentStatuses = ['booked', 'arrived', 'checked-in', 'fulfilled', 'cancelled', 'noshow'] as const;
export type AppointmentStatus = (typeof appointmentStatuses)[number];

const maxVersion = 2_147_483_647;
const roomHint = 'One is picked when the type needs a room and none is named.';

/** What any request for an appointment says. */
export class VisitInput {
  @Id() typeId!: string;
  @Id() patientId!: string;
  @Id() practitionerId!: string;
  @InstantText() start!: string;
  @Id({ optional: true, description: roomHint }) roomId?: string;
  @Text({ optional: true, max: 500, description: 'Why the patient comes.' }) reason?: string;
}

export class OverrideInput {
  @Text({ max: 500, description: 'Why the rules are set aside.' }) reason!: string;
}

export class BookingInput extends VisitInput {
  @Id({
    optional: true,
    description: 'Books the time that was held; the other fields must repeat the hold’s.',
  })
  holdId?: string;

  @Nested(() => OverrideInput, {
    optional: true,
    description:
      'Books in spite of every reason but `inactive` and `type_not_offered`; needs the scope appointments.override.',
  })
  override?: OverrideInput;
}

export class OverrideDto extends OverrideInput {
  @Text({ description: 'The subject of the token it was booked with.' }) by!: string;
}

export class AppointmentDto extends VisitInput {
  @Id() id!: string;
  @OneOf(appointmentStatuses) status!: AppointmentStatus;
  @InstantText() end!: string;
  @Whole({ min: 1, max: 1440 }) minutes!: number;
  @Text({ optional: true, max: 500 }) cancelReason?: string;

  @Nested(() => OverrideDto, { optional: true, description: 'Present when it was booked against the rules.' })
  override?: OverrideDto;

  @Flag({
    optional: true,
    description:
      'True while the patient, of whom two records were merged, has another appointment then; else absent.',
  })
  patientConflict?: boolean;

  @Id({ optional: true, description: 'The series it was booked with.' }) seriesId?: string;
  @Whole({ min: 1, max: maxVersion }) version!: number;
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

export class RescheduleInput {
  @InstantText({ description: 'The new start.' }) start!: string;
  @Id({ optional: true, description: 'Stays with the practitioner when absent.' }) practitionerId?: string;

  @Id({
    optional: true,
    description: 'When absent the room stays if it is free then; another is picked if the type needs one.',
  })
  roomId?: string;
}

/** When, with whom and where an appointment takes place. */
export class PlaceDto {
  @InstantText() start!: string;
  @Id() practitionerId!: string;
  @Id({ optional: true }) roomId?: string;
}

export class MoveDto {
  @Nested(() => PlaceDto) from!: PlaceDto;
  @Nested(() => PlaceDto) to!: PlaceDto;
}

/** Whose an appointment was and is. */
export class PatientMoveDto {
  @Id() from!: string;
  @Id() to!: string;
}

const actions = ['booked', 'moved', 'status', 'patient', 'settled'] as const;

/** What a change did to an appointment. */
export class WhatDto {
  @OneOf(actions, {
    description:
      '`patient`: it followed its patient’s record, when that was merged or the merge undone. `settled`: the patient has no other appointment then any more.',
  })
  action!: (typeof actions)[number];

  @OneOf(appointmentStatuses, { optional: true }) from?: AppointmentStatus;
  @OneOf(appointmentStatuses, { optional: true }) to?: AppointmentStatus;
  @Nested(() => MoveDto, { optional: true }) moved?: MoveDto;
  @Nested(() => PatientMoveDto, { optional: true }) patient?: PatientMoveDto;
  @Flag({ optional: true, description: 'True when the patient had another appointment then.' })
  patientConflict?: boolean;
  @Text({ optional: true, max: 500 }) reason?: string;
}

export class AppointmentChangeDto {
  @Whole({ min: 1, max: maxVersion, description: 'The version it brought the appointment to.' })
  version!: number;

  @InstantText() at!: string;
  @Text({
    description: 'The subject of the token it was made with; `system` when it follows from other changes.',
  })
  by!: string;

  @Nested(() => WhatDto) what!: WhatDto;
}
