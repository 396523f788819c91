import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsInt, IsString, Length, Matches, Max, maxLength, Min } from 'class-validator';
import { field, satisfies, type FieldOptions } from './field.ts';
import {
  instantPattern,
  isInstant,
  isLocalDate,
  isLocalTime,
  isTimeZone,
  localTimePattern,
  timeZonePattern,
} from './time-text.ts';

interface TextOptions extends FieldOptions {
  /** In code points; at least 1. */
  min?: number;
  max?: number;
  pattern?: RegExp;
  message?: string;
}

/**
 * Text without control characters (Unicode's Cc) once it is trimmed, for the documents: `\p{Cc}` is not known to every
 * dialect of regular expressions.
 */
export const printable =
  /^\s*[^\s\u0000-\u001f\u007f-\u009f]([^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f])?\s*$/;

/** Text as it is kept. What is longer than the document allows stays as it came, and so is refused. */
export function composed(value: unknown, max: number): unknown {
  return typeof value === 'string' && maxLength(value, max) ? value.normalize('NFC').trim() : value;
}

/** Text of 1 to `max` code points as sent (default 200), kept trimmed and in Unicode's composed form (NFC). */
export function Text({
  min = 1,
  max = 200,
  pattern,
  message,
  ...options
}: TextOptions = {}): PropertyDecorator {
  return field(
    options,
    'text',
    { type: String, minLength: min, maxLength: max, pattern: (pattern ?? printable).source },
    Transform(({ value }: { value: unknown }) => composed(value, max)),
    IsString(),
    Length(min, max),
    satisfies(
      'printable',
      (value) => typeof value !== 'string' || !/\p{Cc}/u.test(value),
      'must not contain control characters',
    ),
    ...(pattern ? [Matches(pattern, message ? { message: `$property ${message}` } : undefined)] : []),
  );
}

interface WholeOptions extends FieldOptions {
  min: number;
  max: number;
}

/** A whole number from `min` to `max`, both included. */
export function Whole({ min, max, ...options }: WholeOptions): PropertyDecorator {
  return field(
    options,
    'whole',
    { type: 'integer', minimum: min, maximum: max },
    IsInt(),
    Min(min),
    Max(max),
  );
}

export function Flag(options: FieldOptions = {}): PropertyDecorator {
  return field(options, 'flag', { type: Boolean }, IsBoolean());
}

export function OneOf(values: readonly string[], options: FieldOptions = {}): PropertyDecorator {
  return field(options, 'text', { type: String, enum: [...values] }, IsIn(values));
}

const uuid = /^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$/;

/** Whether a text has the form of a UUID (RFC 9562), of whichever version. */
export function isId(value: unknown): value is string {
  return typeof value === 'string' && uuid.test(value);
}

const idSchema = { type: String, format: 'uuid' } as const;

export function lowerCase(value: unknown): unknown {
  return typeof value === 'string' ? value.toLowerCase() : value;
}

/** An id, in lower case as the services write it. */
export function Id(options: FieldOptions = {}): PropertyDecorator {
  return field(
    options,
    'text',
    idSchema,
    Transform(({ value }: { value: unknown }) => lowerCase(value)),
    satisfies('isId', isId, 'must be a UUID'),
  );
}

/** An instant with its offset (RFC 3339), from 1900 to 9998; answered in UTC. */
export function InstantText(options: FieldOptions = {}): PropertyDecorator {
  return field(
    options,
    'text',
    {
      type: String,
      format: 'date-time',
      pattern: instantPattern.source,
      ...(options.example === undefined && { example: '2026-11-23T09:00:00Z' }),
    },
    satisfies(
      'isInstant',
      isInstant,
      'must be an RFC 3339 instant with its offset, such as 2026-11-23T09:00:00Z',
    ),
  );
}

/** A calendar date `YYYY-MM-DD`. */
export function LocalDate(options: FieldOptions = {}): PropertyDecorator {
  return field(
    options,
    'text',
    { type: String, format: 'date' },
    satisfies('isLocalDate', isLocalDate, 'must be a date that exists, as YYYY-MM-DD'),
  );
}

/** Where a date or the moment within it will do: `YYYY-MM-DD` or an RFC 3339 instant. */
export function LocalDateOrInstant(options: FieldOptions = {}): PropertyDecorator {
  return field(
    options,
    'text',
    {
      anyOf: [
        { type: 'string', format: 'date' },
        { type: 'string', format: 'date-time', pattern: instantPattern.source },
      ],
      example: '2026-12-31',
    },
    satisfies(
      'isLocalDateOrInstant',
      (value) => isLocalDate(value) || isInstant(value),
      'must be a date that exists, as YYYY-MM-DD, or an RFC 3339 instant with its offset',
    ),
  );
}

/** A wall-clock time `HH:MM`, `24:00` included. */
export function LocalTime(options: FieldOptions = {}): PropertyDecorator {
  return field(
    options,
    'text',
    { type: String, pattern: localTimePattern.source, example: '09:00' },
    satisfies('isLocalTime', isLocalTime, 'must be a wall-clock time HH:MM up to 24:00'),
  );
}

/** A time zone of the IANA database, `Europe/London`. */
export function TimeZone(options: FieldOptions = {}): PropertyDecorator {
  return field(
    options,
    'text',
    { type: String, example: 'Europe/London', maxLength: 64, pattern: timeZonePattern.source },
    satisfies('isTimeZone', isTimeZone, 'must be an IANA time zone, such as Europe/London'),
  );
}
