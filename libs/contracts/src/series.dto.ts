import { AppointmentDto, VisitInput } from './appointment.dto.ts';
import { Agrees } from './field.ts';
import { ListOf, Nested } from './list-fields.ts';
import { maxReasons, ReasonDto } from './slot.dto.ts';
import { Id, InstantText, LocalDateOrInstant, OneOf, Whole } from './value-fields.ts';

/** As many appointments as one series can have: two years of weeks. */
export const maxOccurrences = 104;
const maxVersion = 2_147_483_647;

const frequencies = ['daily', 'weekly', 'monthly'] as const;
const conflictRules = ['fail', 'skip', 'nearest'] as const;
export type ConflictRule = (typeof conflictRules)[number];

/** Which dates a series has, in the words of RFC 5545 (3.3.10); the time of day is the first start's. */
export class RecurrenceDto {
  @OneOf(frequencies) frequency!: (typeof frequencies)[number];

  @Whole({ optional: true, min: 1, max: 99, default: 1, description: 'Every so many days, weeks, months.' })
  interval?: number;

  @Whole({
    optional: true,
    min: 1,
    max: maxOccurrences,
    description: 'How many there are; months without the date are not counted. This or `until`.',
  })
  @Agrees<RecurrenceDto>('isOneBound', isBoundedOnce, 'must not come together with until')
  count?: number;

  @LocalDateOrInstant({
    optional: true,
    description: `The last date or instant, included; at most ${maxOccurrences} dates. This or \`count\`.`,
  })
  until?: string;
}

function isBoundedOnce({ count, until }: RecurrenceDto): boolean {
  return count === undefined || until === undefined;
}

export class SeriesInput extends VisitInput {
  @Nested(() => RecurrenceDto)
  @Agrees<SeriesInput>('isBounded', isBounded, 'must have a count or an until')
  recurrence!: RecurrenceDto;

  @OneOf(conflictRules, {
    optional: true,
    default: 'fail',
    description:
      'What becomes of a start that can’t be booked: all fail, it is skipped, or the nearest start that can be booked on its date is taken.',
  })
  onConflict?: ConflictRule;
}

function isBounded({ recurrence }: SeriesInput): boolean {
  // What is no object is told by the field's own check.
  const { count, until } = (recurrence as RecurrenceDto | null | undefined) ?? {};
  return typeof recurrence !== 'object' || count !== undefined || until !== undefined;
}

/** A start that the recurrence has and the series has not. */
export class SkippedStartDto {
  @InstantText({ description: 'For a month without the date: the time of day on its last date.' })
  start!: string;

  @ListOf(() => ReasonDto, { min: 1, max: maxReasons })
  reasons!: ReasonDto[];
}

export class SeriesDto extends VisitInput {
  @Id() id!: string;
  @Nested(() => RecurrenceDto) recurrence!: RecurrenceDto;
  @OneOf(conflictRules) onConflict!: ConflictRule;

  @ListOf(() => AppointmentDto, {
    max: maxOccurrences,
    description: 'The appointments it was booked with, each as it is now.',
  })
  booked!: AppointmentDto[];

  @ListOf(() => SkippedStartDto, { max: 10_000 })
  skipped!: SkippedStartDto[];

  @Whole({ min: 1, max: maxVersion, description: 'Counts the changes of all its appointments.' })
  version!: number;

  @InstantText() createdAt!: string;
}

export class SeriesCancellationInput {
  @LocalDateOrInstant({
    optional: true,
    description: 'Cancels what starts on this date or at this instant, and later; default: now.',
  })
  from?: string;
}
