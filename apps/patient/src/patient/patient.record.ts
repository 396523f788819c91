import {
  contactValue,
  type ContactPointDto,
  type HumanNameDto,
  type PatientDto,
  type PatientInput,
} from '#contracts';
import type { PatientRow } from './patient.table.ts';

/** The part of a record that clients write. */
export type Details = Omit<PatientRow, 'id' | 'mrn' | 'replacedBy' | 'version' | 'createdAt' | 'updatedAt'>;

/** What a client said of a patient, as the register keeps it. */
export function detailsOf(input: PatientInput): Details {
  return {
    active: input.active ?? true,
    name: input.name.map(completeName),
    birthDate: input.birthDate,
    gender: input.gender ?? 'unknown',
    telecom: (input.telecom ?? []).map(normalised),
    address: (input.address ?? []).map((address) => ({ ...address, line: address.line ?? [] })),
    identifier: input.identifier ?? [],
    communication: input.communication ?? [],
    deceased: input.deceased ?? null,
  };
}

function normalised(contact: ContactPointDto): ContactPointDto {
  return { ...contact, value: contactValue(contact.system, contact.value) ?? contact.value };
}

function completeName(name: HumanNameDto): HumanNameDto {
  return { ...name, given: name.given ?? [], prefix: name.prefix ?? [] };
}

/** The writable part of a stored record, as a client would send it. */
export function inputOf(row: PatientRow): PatientInput {
  const { active, name, birthDate, gender, telecom, address, identifier, communication, deceased } = row;
  const input = { active, name, birthDate, gender, telecom, address, identifier, communication };
  return deceased === null ? input : { ...input, deceased };
}

export function toDto(row: PatientRow): PatientDto {
  const { id, mrn, replacedBy, version, createdAt, updatedAt } = row;
  const dto = { id, mrn, ...inputOf(row), version, createdAt, updatedAt };
  return replacedBy === null ? dto : { ...dto, replacedBy };
}
