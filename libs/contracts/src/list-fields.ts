import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsString,
  Length,
  Matches,
  ValidateNested,
} from 'class-validator';
import { field, satisfies, type Constructor, type FieldOptions } from './field.ts';
import { composed, isId, lowerCase, printable } from './value-fields.ts';

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

/** A list of texts, each of 1 to `maxLength` code points as sent. */
export function Texts({
  min = 0,
  max,
  maxLength = 200,
  pattern,
  ...options
}: ListOptions & { maxLength?: number; pattern?: RegExp }): PropertyDecorator {
  return field(
    options,
    'list',
    {
      type: 'array',
      items: { type: 'string', minLength: 1, maxLength, pattern: (pattern ?? printable).source },
      minItems: min,
      maxItems: max,
    },
    Transform(({ value }: { value: unknown }) =>
      Array.isArray(value) ? value.map((item: unknown) => composed(item, maxLength)) : value,
    ),
    IsArray(),
    ArrayMinSize(min),
    ArrayMaxSize(max),
    IsString({ each: true }),
    Length(1, maxLength, { each: true }),
    satisfies(
      'printableTexts',
      (value) =>
        !Array.isArray(value) || value.every((item) => typeof item !== 'string' || !/\p{Cc}/u.test(item)),
      'must not contain control characters',
    ),
    ...(pattern
      ? [Matches(pattern, { each: true, message: `each value in $property must match ${pattern.source}` })]
      : []),
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
