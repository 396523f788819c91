import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { field, satisfies, type FieldOptions } from './field.ts';
import { PatientDto } from './patient.dto.ts';
import { composed, LocalDate, printable, Text, Whole } from './value-fields.ts';

const maxIdentifier = 200;

function isTerm(value: unknown): boolean {
  return (
    typeof value === 'string' &&
    value.length > 0 &&
    value.length <= maxIdentifier &&
    /\S/.test(value) &&
    !/\p{Cc}/u.test(value)
  );
}

function isSystemAndValue(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { system, value: term, ...others } = value as Record<string, unknown>;
  return Object.keys(others).length === 0 && isTerm(term) && (system === undefined || isTerm(system));
}

/** As identifiers are kept; what is no term stays as it came. */
function composedTerm(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return composed(value, maxIdentifier);
  return Object.fromEntries(
    Object.entries(value).map(([name, term]) => [name, composed(term, maxIdentifier)]),
  );
}

const termSchema = { type: 'string', minLength: 1, maxLength: maxIdentifier, pattern: printable.source };

/** An identifier: its value, or its value with the system that it is of. */
function IdentifierTerm(options: FieldOptions): PropertyDecorator {
  return field(
    options,
    'text',
    {
      anyOf: [
        termSchema,
        {
          type: 'object',
          properties: { system: termSchema, value: termSchema },
          required: ['value'],
          additionalProperties: false,
        },
      ],
    },
    Transform(({ value }: { value: unknown }) => composedTerm(value)),
    satisfies(
      'isIdentifierTerm',
      (value) => isTerm(value) || isSystemAndValue(value),
      `must be the identifier's value, or { system, value }, each of 1 to ${maxIdentifier} characters`,
    ),
  );
}

/** Whom to look for: everything given must fit. */
export class SearchInput {
  @Text({
    optional: true,
    description:
      'Names in any order, without accents or with slips of the pen, or just their beginnings, as typed.',
    example: 'lovel ada',
  })
  name?: string;

  @LocalDate({ optional: true, example: '1975-12-10' })
  birthDate?: string;

  @Text({
    optional: true,
    max: 50,
    description: 'In any spelling, also without the country code; seven digits at least.',
    example: '020 7946 0018',
  })
  phone?: string;

  @Text({ optional: true, max: 254, example: 'ada@example.org' })
  email?: string;

  @IdentifierTerm({
    optional: true,
    description: 'The value alone, or with its system.',
    example: { value: '9000000009' },
  })
  identifier?: string | { system?: string; value: string };

  @Text({ optional: true, max: 50, description: 'With or without its hyphens.', example: '0000-0017-4' })
  mrn?: string;

  @Whole({ optional: true, min: 1, max: 200, default: 50 })
  limit?: number;
}

export class FoundDto {
  @ApiProperty({ type: PatientDto })
  patient!: PatientDto;

  @ApiProperty({
    type: Number,
    minimum: 0,
    maximum: 1,
    description: 'How well the names fit what was typed; 1 where no name was asked for.',
  })
  score!: number;
}

export class FoundPatientsDto {
  @ApiProperty({ type: [FoundDto], description: 'Those that fit best first.' })
  items!: FoundDto[];
}
