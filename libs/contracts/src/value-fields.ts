import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsInt, IsString, Length, Matches, Max, Min } from 'class-validator';
import { field, satisfies, type FieldOptions } from './field.ts';
import { isInstant, isLocalDate, isLocalTime, isTimeZone } from './time-text.ts';

interface TextOptions extends FieldOptions {
  /** In code points; at least 1. */
  min?: number;
  max?: number;
  pattern?: RegExp;
  message?: string;
}

/** Text of 1 to `max` code points (default 200), kept trimmed and in Unicode's composed form (NFC). */
export function Text({
  min = 1,
  max = 200,
  pattern,
  message,
  ...options
}: TextOptions = {}): PropertyDecorator {
  const schemaPattern = pattern?.source ?? '\\S';
  return field(
    options,
    'text',
    { type: String, minLength: min, maxLength: max, pattern: schemaPattern },
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' ? value.normalize('NFC').trim() : value,
    ),
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
    { type: String, anyOf: [{ format: 'date' }, { format: 'date-time' }], example: '2026-12-31' },
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
    { type: String, pattern: '^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$', example: '09:00' },
    satisfies('isLocalTime', isLocalTime, 'must be a wall-clock time HH:MM up to 24:00'),
  );
}

/** A time zone of the IANA database, `Europe/London`. */
export function TimeZone(options: FieldOptions = {}): PropertyDecorator {
  return field(
    options,
    'text',
    { type: String, example: 'Europe/London', maxLength: 64 },
    satisfies('isTimeZone', isTimeZone, 'must be an IANA time zone, such as Europe/London'),
  );
}
