import { Agrees } from './field.ts';
import { Ids, ListOf, Nested, SomeOf } from './list-fields.ts';
import { mergePatchOf } from './merge-patch.ts';
import { Flag, Id, LocalDate, LocalTime, OneOf, Text, TimeZone, Whole } from './value-fields.ts';

const maxVersion = 2_147_483_647;
const dayMinutes = 24 * 60;

export class PractitionerInput {
  @Text({ example: 'Dr Grace Hopper' })
  name!: string;

  @Flag({ optional: true, default: true, description: 'An inactive one takes no new bookings.' })
  active?: boolean;

  @Ids({ optional: true, max: 200, description: 'The appointment types the practitioner offers.' })
  typeIds?: string[];
}

export class PractitionerPatch extends mergePatchOf(PractitionerInput) {}

export class PractitionerDto extends PractitionerInput {
  @Id() id!: string;
  @Whole({ min: 1, max: maxVersion }) version!: number;
}

export class RoomInput {
  @Text({ example: 'Room 1' })
  name!: string;

  @Flag({ optional: true, default: true, description: 'An inactive one takes no new bookings.' })
  active?: boolean;
}

export class RoomPatch extends mergePatchOf(RoomInput) {}

export class RoomDto extends RoomInput {
  @Id() id!: string;
  @Whole({ min: 1, max: maxVersion }) version!: number;
}

/** Durations are whole minutes. */
export class AppointmentTypeInput {
  @Text({ example: 'Consultation' })
  name!: string;

  @Whole({ min: 1, max: dayMinutes, description: 'Length of an appointment.', example: 20 })
  minutes!: number;

  @Whole({
    optional: true,
    min: 0,
    max: dayMinutes,
    default: 0,
    description: 'Practitioner and room are occupied before the start.',
  })
  bufferBefore?: number;

  @Whole({
    optional: true,
    min: 0,
    max: dayMinutes,
    default: 0,
    description: 'Practitioner and room are occupied after the end.',
  })
  bufferAfter?: number;

  @Flag({ optional: true, default: false })
  needsRoom?: boolean;

  @Whole({
    optional: true,
    min: 1,
    max: dayMinutes,
    description: 'Distance of starts from the begin of a window; default: `minutes`.',
  })
  slotStep?: number;

  @Whole({ optional: true, min: 0, max: 525_600, default: 0 })
  minNoticeMinutes?: number;

  @Whole({ optional: true, min: 0, max: 3650, default: 365 })
  maxDaysAhead?: number;

  @Flag({ optional: true, default: true, description: 'An inactive one takes no new bookings.' })
  active?: boolean;
}

export class AppointmentTypePatch extends mergePatchOf(AppointmentTypeInput) {}

export class AppointmentTypeDto extends AppointmentTypeInput {
  @Id() id!: string;
  @Whole({ min: 1, max: maxVersion }) version!: number;
}

const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof weekdays)[number];

export class WeeklyWindowDto {
  @SomeOf(weekdays, { min: 1, example: ['mon', 'tue'] })
  days!: Weekday[];

  @LocalTime({ example: '09:00' })
  from!: string;

  @LocalTime({ example: '12:30', description: 'After `from`; up to 24:00.' })
  @Agrees<WeeklyWindowDto>('isAfterFrom', ({ from, to }) => from < to, 'must be later than from')
  to!: string;

  @Ids({
    optional: true,
    max: 200,
    description: 'The types offered in this window; all of the practitioner’s when absent.',
  })
  typeIds?: string[];

  @LocalDate({ optional: true, description: 'First local date, included.' })
  validFrom?: string;

  @LocalDate({ optional: true, description: 'Last local date, included.' })
  @Agrees<WeeklyWindowDto>(
    'isNotBeforeValidFrom',
    ({ validFrom, validTo }) => validFrom === undefined || validTo === undefined || validFrom <= validTo,
    'must not be before validFrom',
  )
  validTo?: string;
}

/** The exceptions of a date together replace its weekly windows; `closed` adds none. */
export class AvailabilityExceptionDto {
  @LocalDate()
  @Agrees<AvailabilityExceptionDto>(
    'isClosedOrOpen',
    ({ closed, from, to, typeIds }) =>
      closed
        ? from === undefined && to === undefined && typeIds === undefined
        : from !== undefined && to !== undefined,
    'must come with either closed: true alone or from and to',
  )
  date!: string;

  @Flag({ optional: true })
  closed?: boolean;

  @LocalTime({ optional: true })
  from?: string;

  @LocalTime({ optional: true, description: 'After `from`; up to 24:00.' })
  @Agrees<AvailabilityExceptionDto>(
    'isAfterFrom',
    ({ from, to }) => !from || !to || from < to,
    'must be later than from',
  )
  to?: string;

  @Ids({ optional: true, max: 200 })
  typeIds?: string[];
}

class AvailabilityRules {
  @TimeZone()
  timeZone!: string;

  @ListOf(() => WeeklyWindowDto, { max: 200 })
  weekly!: WeeklyWindowDto[];

  @ListOf(() => AvailabilityExceptionDto, { max: 1000 })
  exceptions!: AvailabilityExceptionDto[];
}

export class AvailabilityInput extends AvailabilityRules {
  @Whole({
    optional: true,
    min: 1,
    max: maxVersion,
    description: 'May be sent back as it was read; which version is replaced is said by If-Match alone.',
  })
  version?: number;
}

export class AvailabilityDto extends AvailabilityRules {
  @Whole({ min: 1, max: maxVersion }) version!: number;
}

const affectedRules = ['reject', 'keep', 'cancel'] as const;

export class AvailabilityQuery {
  @Flag({ optional: true, default: false, description: 'Answers what would be; nothing is changed.' })
  dryRun?: boolean;

  @OneOf(affectedRules, {
    optional: true,
    default: 'reject',
    description:
      'What becomes of booked appointments that lose their time: the change is refused, or they are kept or cancelled.',
  })
  conflicts?: (typeof affectedRules)[number];
}

/** What a change of availability means for the booked appointments still to come. */
export class AvailabilityImpactDto {
  @Whole({ min: 0, max: maxVersion, description: 'Appointments looked at.' })
  affected!: number;

  @Whole({ min: 0, max: maxVersion, description: 'Those the new availability has room for.' })
  fitting!: number;

  @Ids({ max: 100_000, description: 'Those it has no room for.' })
  orphans!: string[];
}

export class AvailabilityChangeDto {
  @Nested(() => AvailabilityDto) availability!: AvailabilityDto;
  @Nested(() => AvailabilityImpactDto) impact!: AvailabilityImpactDto;
}
