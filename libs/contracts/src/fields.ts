import { ApiProperty, ApiPropertyOptional, PartialType, type ApiPropertyOptions } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateBy,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { isInstant, isLocalDate, isLocalTime, isTimeZone } from './time-text.ts';

// The vocabulary that DTOs, query strings and configuration are written in. Each word says once what a value
// must be (class-validator) and how the OpenAPI document describes it, so the two can't drift apart.

type Constructor<T = object> = new () => T;

/** How a field is read where only text can come: a query string or an environment variable. */
export type TextForm = 'text' | 'whole' | 'flag' | 'list';

interface FieldOptions {
  /** May be absent; never null, save in a merge patch, where null removes it. */
  optional?: boolean;
  description?: string;
  example?: unknown;
  /** What an absent field counts as, for the document. */
  default?: unknown;
}

interface Field {
  name: string;
  optional: boolean;
  textForm: TextForm;
}

const fieldsByClass = new WeakMap<object, Field[]>();

/** The fields a class declares, its parents' first. */
export function fieldsOf(dto: Constructor): Field[] {
  const parent: unknown = Object.getPrototypeOf(dto);
  const inherited = typeof parent === 'function' && parent.prototype ? fieldsOf(parent as Constructor) : [];
  return [...inherited, ...(fieldsByClass.get(dto) ?? [])];
}

function field(
  options: FieldOptions,
  textForm: TextForm,
  schema: ApiPropertyOptions,
  ...checks: PropertyDecorator[]
): PropertyDecorator {
  const { optional = false, ...documentation } = options;
  const property = { ...schema, ...documentation };
  return (target, key) => {
    const owner = target.constructor;
    const declared = fieldsByClass.get(owner) ?? [];
    fieldsByClass.set(owner, [...declared, { name: String(key), optional, textForm }]);
    const decorators = [optional ? ApiPropertyOptional(property) : ApiProperty(property), ...checks];
    if (optional) decorators.push(ValidateIf((_, value) => value !== undefined));
    for (const decorate of decorators) decorate(target, key);
  };
}

function satisfies(name: string, test: (value: unknown) => boolean, message: string): PropertyDecorator {
  return ValidateBy({ name, validator: { validate: test, defaultMessage: () => `$property ${message}` } });
}

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

/** A list of values out of a set, each at most once. */
export function SomeOf(
  values: readonly string[],
  { min = 0, ...options }: FieldOptions & { min?: number },
): PropertyDecorator {
  return field(
    options,
    'list',
    {
      type: 'array',
      items: { type: 'string', enum: [...values] },
      uniqueItems: true,
      minItems: min,
      maxItems: values.length,
    },
    IsArray(),
    ArrayMinSize(min),
    ArrayUnique(),
    IsIn(values, { each: true }),
  );
}

/** A check of a field against its neighbours; it runs where the field is given. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- names the DTO whose fields `test` compares
export function Agrees<T extends object>(
  name: string,
  test: (dto: T) => boolean,
  message: string,
): PropertyDecorator {
  return ValidateBy({
    name,
    validator: {
      validate: (_, context) => test(context?.object as T),
      defaultMessage: () => `$property ${message}`,
    },
  });
}

const uuid = /^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$/;

/** Whether a text has the form of a UUID (RFC 9562), of whichever version. */
export function isId(value: unknown): value is string {
  return typeof value === 'string' && uuid.test(value);
}

const idSchema = { type: String, format: 'uuid' } as const;

function lowerCase(value: unknown): unknown {
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

// `type: () => …` below is written out because Nest knows a type that is told late by the function's name, `type`.

/** One object of another DTO class. */
export function Nested<T extends object>(
  dto: () => Constructor<T>,
  options: FieldOptions = {},
): PropertyDecorator {
  return field(
    options,
    'text',
    { type: () => dto() as Constructor },
    Type(dto),
    satisfies(
      'isObject',
      (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
      'must be an object',
    ),
    ValidateNested(),
  );
}

interface ListOptions extends FieldOptions {
  min?: number;
  max: number;
}

const itemsMustBeObjects = satisfies(
  'isListOfObjects',
  (value) =>
    !Array.isArray(value) ||
    value.every((item) => typeof item === 'object' && item !== null && !Array.isArray(item)),
  'must hold objects only',
);

/** A list of objects of another DTO class. */
export function ListOf<T extends object>(
  dto: () => Constructor<T>,
  { min = 0, max, ...options }: ListOptions,
): PropertyDecorator {
  return field(
    options,
    'list',
    { type: () => dto() as Constructor, isArray: true, minItems: min, maxItems: max },
    Type(dto),
    IsArray(),
    ArrayMinSize(min),
    ArrayMaxSize(max),
    itemsMustBeObjects,
    ValidateNested({ each: true }),
  );
}

/** A list of texts, each of 1 to `maxLength` code points. */
export function Texts({
  min = 0,
  max,
  maxLength = 200,
  pattern = /\S/,
  ...options
}: ListOptions & { maxLength?: number; pattern?: RegExp }): PropertyDecorator {
  return field(
    options,
    'list',
    {
      type: 'array',
      items: { type: 'string', minLength: 1, maxLength, pattern: pattern.source },
      minItems: min,
      maxItems: max,
    },
    Transform(({ value }: { value: unknown }) =>
      Array.isArray(value)
        ? value.map((item: unknown) => (typeof item === 'string' ? item.normalize('NFC').trim() : item))
        : value,
    ),
    IsArray(),
    ArrayMinSize(min),
    ArrayMaxSize(max),
    IsString({ each: true }),
    Length(1, maxLength, { each: true }),
    Matches(pattern, { each: true, message: `each value in $property must match ${pattern.source}` }),
    satisfies(
      'printableTexts',
      (value) =>
        !Array.isArray(value) || value.every((item) => typeof item !== 'string' || !/\p{Cc}/u.test(item)),
      'must not contain control characters',
    ),
  );
}

/** A list of ids without repetition. */
export function Ids({ min = 0, max, ...options }: ListOptions): PropertyDecorator {
  return field(
    options,
    'list',
    {
      type: 'array',
      items: { type: 'string', format: 'uuid' },
      uniqueItems: true,
      minItems: min,
      maxItems: max,
    },
    Transform(({ value }: { value: unknown }) => (Array.isArray(value) ? value.map(lowerCase) : value)),
    IsArray(),
    ArrayMinSize(min),
    ArrayMaxSize(max),
    satisfies('isIds', (value) => Array.isArray(value) && value.every(isId), 'must hold UUIDs only'),
    ArrayUnique(),
  );
}

/**
 * The merge patch (RFC 7396) of a DTO without nested objects: every field may be absent, and null removes an
 * optional one. Lists are replaced whole.
 */
export function mergePatchOf<T extends object>(dto: Constructor<T>): Constructor<MergePatch<T>> {
  class Patch extends PartialType(dto as Constructor, { skipNullProperties: false }) {}
  for (const { name, optional, textForm } of fieldsOf(dto)) {
    fieldsByClass.set(Patch, [...(fieldsByClass.get(Patch) ?? []), { name, optional: true, textForm }]);
    if (!optional) continue;
    ValidateIf((_, value) => value !== null)(Patch.prototype, name);
    const schema = Reflect.getMetadata(
      'swagger/apiModelProperties',
      Patch.prototype,
      name,
    ) as ApiPropertyOptions;
    ApiPropertyOptional({ ...schema, nullable: true })(Patch.prototype, name);
  }
  return Patch;
}

export type MergePatch<T> = { [K in keyof T]?: T[K] | (undefined extends T[K] ? null : never) };

/** RFC 7396 for a document without nested objects: given members replace, null members go. */
export function applyMergePatch<T extends object>(document: T, patch: MergePatch<T>): T {
  const given = Object.entries(patch).filter(([, value]) => value !== undefined);
  const merged = { ...document, ...Object.fromEntries(given) };
  return Object.fromEntries(
    Object.entries(merged).filter(([name, value]) => value !== null || !(name in patch)),
  ) as T;
}
