import type { FieldError, HumanNameDto, PatientDto, PatientInput } from '#contracts';
import { ValidationFailed } from '#platform';
import { normaliseAll } from './contact-point.ts';
import type { PatientRow } from './patient.table.ts';

/** The part of a record that clients write. */
export type Details = Omit<PatientRow, 'id' | 'mrn' | 'replacedBy' | 'version' | 'createdAt' | 'updatedAt'>;

const earliestBirth = '1850-01-01';

/**
 * What a client said of a patient, as the register keeps it.
 * @param today the date now in UTC, `YYYY-MM-DD`
 * @throws ValidationFailed
 */
export function detailsOf(input: PatientInput, today: string): Details {
  const { telecom, errors } = normaliseAll(input.telecom ?? []);
  const faults: FieldError[] = [...birthDateFaults(input.birthDate, today), ...errors];
  if (faults.length > 0) throw new ValidationFailed(faults);
  return {
    active: input.active ?? true,
    name: input.name.map(completeName),
    birthDate: input.birthDate,
    gender: input.gender ?? 'unknown',
    telecom,
    address: (input.address ?? []).map((address) => ({ ...address, line: address.line ?? [] })),
    identifier: input.identifier ?? [],
    communication: input.communication ?? [],
    deceased: input.deceased ?? null,
  };
}

function completeName(name: HumanNameDto): HumanNameDto {
  return { ...name, given: name.given ?? [], prefix: name.prefix ?? [] };
}

function birthDateFaults(birthDate: string, today: string): FieldError[] {
  if (birthDate > today) return [{ path: 'birthDate', message: 'must not be in the future' }];
  if (birthDate < earliestBirth)
    return [{ path: 'birthDate', message: `must not be before ${earliestBirth}` }];
  return [];
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
