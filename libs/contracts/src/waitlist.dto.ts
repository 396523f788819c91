import { PatientMoveDto } from './appointment.dto.ts';
import { Agrees } from './field.ts';
import { Nested } from './list-fields.ts';
import { PageQuery } from './page.dto.ts';
import { Id, InstantText, OneOf, Text, Whole } from './value-fields.ts';

const waitlistStatuses = ['waiting', 'offered', 'booked', 'withdrawn', 'expired'] as const;
export type WaitlistStatus = (typeof waitlistStatuses)[number];

/** In order of preference. */
export const waitlistPriorities = ['urgent', 'routine'] as const;
export type WaitlistPriority = (typeof waitlistPriorities)[number];

const maxVersion = 2_147_483_647;

/** Who waits for what. */
class WaitlistWish {
  @Id() patientId!: string;
  @Id() typeId!: string;
  @Id({ optional: true, description: 'Any practitioner will do when absent.' }) practitionerId?: string;
  @InstantText({ description: 'The earliest start that will do.' }) earliest!: string;
}

export class WaitlistInput extends WaitlistWish {
  @InstantText({ description: 'The latest start that will do, included; the entry ends when it has passed.' })
  @Agrees<WaitlistInput>('isSpan', isSpan, 'must not be before earliest')
  latest!: string;

  @OneOf(waitlistPriorities, {
    optional: true,
    default: 'routine',
    description: 'Who is urgent comes first, then who has waited longest.',
  })
  priority?: WaitlistPriority;
}

/** What is no instant is told by the field's own check. */
function isSpan({ earliest, latest }: WaitlistInput): boolean {
  return !(Date.parse(latest) < Date.parse(earliest));
}

/** A freed time that is held for the patient. */
export class WaitlistOfferDto {
  @Id({ description: 'The hold that keeps it; accepting books it.' }) holdId!: string;
  @InstantText() start!: string;
  @Id() practitionerId!: string;
  @InstantText({ description: 'When it goes to the next in line.' }) expiresAt!: string;
}

export class WaitlistEntryDto extends WaitlistWish {
  @Id() id!: string;
  @OneOf(waitlistStatuses) status!: WaitlistStatus;
  @InstantText({ description: 'The latest start that will do, included.' }) latest!: string;
  @OneOf(waitlistPriorities) priority!: WaitlistPriority;
  @Nested(() => WaitlistOfferDto, { optional: true, description: 'Present while a time is offered.' })
  offer?: WaitlistOfferDto;

  @Id({ optional: true, description: 'What the patient has instead of waiting.' }) appointmentId?: string;
  @Whole({ min: 1, max: maxVersion }) version!: number;
  @InstantText() createdAt!: string;
  @InstantText() updatedAt!: string;
}

export class WaitlistAcceptInput {
  @Text({ optional: true, max: 500, description: 'Why the patient comes.' }) reason?: string;
}

export class WaitlistDeclineInput {
  @Text({ optional: true, max: 500, description: 'Why the time does not suit.' }) reason?: string;
}

export class WaitlistQuery extends PageQuery {
  @Id({ optional: true }) patientId?: string;
  @Id({ optional: true }) typeId?: string;
  @Id({ optional: true }) practitionerId?: string;
  @OneOf(waitlistStatuses, { optional: true }) status?: WaitlistStatus;
}

const actions = [
  'entered',
  'offered',
  'declined',
  'lapsed',
  'displaced',
  'booked',
  'withdrawn',
  'expired',
  'patient',
] as const;
const causes = ['latest_passed', 'patient_inactive'] as const;

/** What a change did to an entry. */
export class WaitlistWhatDto {
  @OneOf(actions, {
    description:
      '`lapsed`: nobody answered the offer in time. `displaced`: an appointment of the patient’s took the time. `patient`: it followed its patient’s record, when that was merged or the merge undone.',
  })
  action!: (typeof actions)[number];

  @Nested(() => WaitlistOfferDto, {
    optional: true,
    description: 'What was offered, declined, lapsed or displaced.',
  })
  offer?: WaitlistOfferDto;

  @Id({ optional: true, description: 'What was booked: the offer or, otherwise, the same type.' })
  appointmentId?: string;

  @Nested(() => PatientMoveDto, { optional: true }) patient?: PatientMoveDto;

  @OneOf(causes, { optional: true, description: 'Why it ended by itself.' }) cause?: (typeof causes)[number];
  @Text({ optional: true, max: 500, description: 'Why it was declined.' }) reason?: string;
}

export class WaitlistChangeDto {
  @Whole({ min: 1, max: maxVersion, description: 'The version it brought the entry to.' }) version!: number;
  @InstantText() at!: string;
  @Text({
    description: 'The subject of the token it was made with; `system` when it follows from other changes.',
  })
  by!: string;

  @Nested(() => WaitlistWhatDto) what!: WaitlistWhatDto;
}
