import { ListOf, Nested, Texts } from './list-fields.ts';
import {
  AddressDto,
  ContactPointDto,
  HumanNameDto,
  IdentifierDto,
  maxEntries,
  type PatientInput,
} from './patient.dto.ts';
import { Flag, Id, InstantText, LocalDate, OneOf, Text, Whole } from './value-fields.ts';

const origins = ['survivor', 'duplicate', 'both'] as const;
/** The record that had an entry before the merge. */
export type Origin = (typeof origins)[number];

export class MergeInput {
  @Id({ description: 'The record that stays.' }) survivorId!: string;
  @Id({ description: 'The record of the same person that is merged into it.' }) duplicateId!: string;
  @Text({ max: 500, description: 'Why the two are one person.' }) reason!: string;
}

export class UndoInput {
  @Text({ optional: true, max: 500, description: 'Why the two are two persons.' }) reason?: string;
}

const from = { description: 'Which of the records had it.' };

export class MergedIdentifierDto extends IdentifierDto {
  @OneOf(origins, from) from!: Origin;
}

export class MergedContactPointDto extends ContactPointDto {
  @OneOf(origins, from) from!: Origin;
}

export class MergedAddressDto extends AddressDto {
  @OneOf(origins, from) from!: Origin;
}

/** What the survivor had and kept, whatever the duplicate had. */
export class KeptDto {
  @ListOf(() => HumanNameDto, { max: maxEntries }) name!: HumanNameDto[];
  @LocalDate() birthDate!: string;
  @Text() gender!: NonNullable<PatientInput['gender']>;
  @Texts({ max: maxEntries, maxLength: 35 }) communication!: string[];
  @Flag({ optional: true }) deceased?: boolean;
}

export class UndoneDto extends UndoInput {
  @Text({ description: 'The subject of the token it was undone with.' }) by!: string;
  @InstantText() at!: string;
}

/** A merge of two records, and what each part of the survivor became by it and came from. */
export class MergeDto extends MergeInput {
  @Id() id!: string;
  @Text({ description: 'The subject of the token it was made with.' }) by!: string;
  @ListOf(() => MergedIdentifierDto, { max: maxEntries }) identifier!: MergedIdentifierDto[];
  @ListOf(() => MergedContactPointDto, { max: maxEntries }) telecom!: MergedContactPointDto[];
  @ListOf(() => MergedAddressDto, { max: maxEntries }) address!: MergedAddressDto[];
  @Nested(() => KeptDto) kept!: KeptDto;
  @Nested(() => UndoneDto, { optional: true, description: 'Present once it was undone.' }) undone?: UndoneDto;
  @Whole({ min: 1, max: 2_147_483_647 }) version!: number;
  @InstantText() createdAt!: string;
  @InstantText() updatedAt!: string;
}
