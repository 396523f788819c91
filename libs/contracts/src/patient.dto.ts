import { contactValue } from './contact-point.ts';
import { Agrees } from './field.ts';
import { Ids, ListOf, Texts } from './list-fields.ts';
import { mergePatchOf } from './merge-patch.ts';
import { Flag, Id, InstantText, LocalDate, OneOf, Text, Whole } from './value-fields.ts';
import { isLocalDate } from './time-text.ts';

// Element names and value sets are those of FHIR R4: https://hl7.org/fhir/R4/patient.html

const nameUses = ['usual', 'official', 'temp', 'nickname', 'anonymous', 'old', 'maiden'] as const;
const genders = ['male', 'female', 'other', 'unknown'] as const;
const telecomSystems = ['phone', 'fax', 'email', 'pager', 'url', 'sms', 'other'] as const;
const telecomUses = ['home', 'work', 'temp', 'old', 'mobile'] as const;
const addressUses = ['home', 'work', 'temp', 'old', 'billing'] as const;

/** As many names, contacts, addresses and identifiers as a record can have. */
export const maxEntries = 20;

export class HumanNameDto {
  @OneOf(nameUses, { optional: true })
  use?: (typeof nameUses)[number];

  @Text({ max: 100, example: 'Lovelace' })
  family!: string;

  @Texts({ optional: true, max: 10, maxLength: 100, example: ['Ada'] })
  given?: string[];

  @Texts({ optional: true, max: 10, maxLength: 50 })
  prefix?: string[];
}

export class ContactPointDto {
  @OneOf(telecomSystems, { example: 'phone' })
  system!: (typeof telecomSystems)[number];

  @Text({
    max: 254,
    description:
      'A phone, fax or SMS number with its country code, kept in E.164; e-mail is kept lower-case.',
    example: '+442079460018',
  })
  @Agrees<ContactPointDto>(
    'isOfItsSystem',
    ({ system, value }) => typeof value !== 'string' || contactValue(system, value) !== undefined,
    'must be an e-mail address, or a number with its country code and no extension such as +44 20 7946 0018',
  )
  value!: string;

  @OneOf(telecomUses, { optional: true })
  use?: (typeof telecomUses)[number];
}

export class AddressDto {
  @OneOf(addressUses, { optional: true })
  use?: (typeof addressUses)[number];

  @Texts({ optional: true, max: 6, maxLength: 200, example: ['12 St James’s Square'] })
  line?: string[];

  @Text({ optional: true, max: 100, example: 'London' })
  city?: string;

  @Text({ optional: true, max: 100 })
  state?: string;

  @Text({ optional: true, max: 20, example: 'SW1Y 4JH' })
  postalCode?: string;

  @Text({ optional: true, max: 100, example: 'GB' })
  country?: string;
}

export class IdentifierDto {
  @Text({ max: 200, example: 'https://fhir.nhs.uk/Id/nhs-number' })
  system!: string;

  @Text({ max: 100, example: '9000000009' })
  value!: string;
}

/** What a client may say of a patient. */
export class PatientInput {
  @Flag({ optional: true, default: true })
  active?: boolean;

  @ListOf(() => HumanNameDto, { min: 1, max: maxEntries })
  name!: HumanNameDto[];

  @LocalDate({ description: 'Not after today’s date in UTC and not before 1850.', example: '1975-12-10' })
  @Agrees<PatientInput>(
    'isBirthDate',
    ({ birthDate }) =>
      !isLocalDate(birthDate) ||
      (birthDate >= '1850-01-01' && birthDate <= Temporal.Now.plainDateISO('UTC').toString()),
    'must not be in the future, nor before 1850',
  )
  birthDate!: string;

  @OneOf(genders, { optional: true, default: 'unknown' })
  gender?: (typeof genders)[number];

  @ListOf(() => ContactPointDto, { optional: true, max: maxEntries })
  telecom?: ContactPointDto[];

  @ListOf(() => AddressDto, { optional: true, max: maxEntries })
  address?: AddressDto[];

  @ListOf(() => IdentifierDto, { optional: true, max: maxEntries })
  identifier?: IdentifierDto[];

  @Texts({
    optional: true,
    max: 20,
    maxLength: 35,
    pattern: /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/,
    description: 'Language tags (BCP 47), the preferred one first.',
    example: ['en-GB'],
  })
  communication?: string[];

  @Flag({ optional: true })
  deceased?: boolean;
}

export class RegistrationInput extends PatientInput {
  @Ids({
    optional: true,
    max: 100,
    description: 'Patients who are somebody else, after they were candidates of a possible_duplicate.',
  })
  confirmedNotDuplicateOf?: string[];
}

export class PatientPatch extends mergePatchOf(PatientInput) {}

/** A patient as the register answers it. */
export class PatientDto extends PatientInput {
  @Id()
  id!: string;

  @Text({
    description: 'Medical record number with a check digit, given out by the register.',
    example: '0000-0017-4',
  })
  mrn!: string;

  @Id({ optional: true, description: 'The record that this one was merged into.' })
  replacedBy?: string;

  @Whole({ min: 1, max: 2_147_483_647 })
  version!: number;

  @InstantText()
  createdAt!: string;

  @InstantText()
  updatedAt!: string;
}
