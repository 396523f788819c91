import { ListOf } from './list-fields.ts';
import { PageQuery } from './page.dto.ts';
import { Flag, Id, InstantText, OneOf, Text } from './value-fields.ts';

/** Why a time is not offered, whoever asks: 422 `not_bookable`. */
export const notOfferedCodes = [
  'outside_availability',
  'too_soon',
  'too_far_ahead',
  'type_not_offered',
  'off_grid',
  'inactive',
] as const;
/** Why a time that is offered can't be had: 409 `slot_taken`. */
const takenCodes = ['practitioner_busy', 'held', 'no_room_free', 'patient_busy'] as const;

export type ReasonCode = (typeof notOfferedCodes | typeof takenCodes)[number];

/** As many reasons as can hold at once: practitioner, type and room can each be inactive. */
export const maxReasons = notOfferedCodes.length + takenCodes.length + 2;

/** Why a time can't be booked. */
export class ReasonDto {
  @OneOf([...notOfferedCodes, ...takenCodes]) code!: ReasonCode;
  @Text({ max: 500 }) detail!: string;

  @InstantText({ optional: true, description: 'When this reason ends, as far as is known now.' })
  until?: string;
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

export class ExplanationQuery {
  @Id() typeId!: string;
  @Id() practitionerId!: string;
  @InstantText() start!: string;
  @Id({ optional: true, description: 'Any room that is free will do when none is named.' }) roomId?: string;
  @Id({ optional: true, description: 'Whether this patient is elsewhere is asked too.' }) patientId?: string;
}

export class ExplanationDto {
  @Flag({ description: 'Whether a booking would succeed just now.' })
  bookable!: boolean;

  @ListOf(() => ReasonDto, {
    max: maxReasons,
    description: 'Every reason that holds; none when it is bookable.',
  })
  reasons!: ReasonDto[];
}
