import { ApiProperty } from '@nestjs/swagger';
import { partialOf } from './merge-patch.ts';
import { PatientDto } from './patient.dto.ts';

const grades = ['certain', 'probable', 'possible', 'certainly-not'] as const;

/** How sure it is that two records are of one person. */
export type Grade = (typeof grades)[number];

/**
 * Whatever is known of somebody, in the shape of a patient. What doesn't tell people apart counts for nothing.
 */
export class MatchInput extends partialOf(PatientDto) {}

export class MatchDto {
  @ApiProperty({ type: PatientDto })
  patient!: PatientDto;

  @ApiProperty({
    type: Number,
    minimum: 0,
    maximum: 1,
    description: 'The probability that this is the same person.',
  })
  score!: number;

  @ApiProperty({ enum: grades })
  grade!: Grade;
}

export class MatchesDto {
  @ApiProperty({ type: [MatchDto], description: 'The likeliest first.' })
  items!: MatchDto[];
}
