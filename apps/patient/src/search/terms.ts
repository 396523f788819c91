import { contactValue, type SearchInput } from '#contracts';
import { bare } from '../match/text.ts';
import { mrnSpelled } from '../patient/mrn.ts';
import type { PatientRow } from '../patient/patient.table.ts';

/** Fewer digits than these are of too many numbers. */
const leastDigits = 7;

const numbered: readonly string[] = ['phone', 'sms'];

/** What is looked for beside names, each as the register would have it. */
export interface Terms {
  birthDate?: string;
  mrn?: string;
  phone?: string;
  email?: string;
  identifier?: string;
  /** Nothing but a name is asked for. */
  areNone: boolean;
  /** Whether somebody who shares all keys is meant indeed. */
  fits(patient: PatientRow): boolean;
}

/** Undefined when something is asked for that nobody can have. */
export function termsOf(input: SearchInput): Terms | undefined {
  const { birthDate, email } = input;
  const mrn = input.mrn === undefined ? undefined : mrnSpelled(input.mrn);
  const phone = input.phone === undefined ? undefined : numberOf(input.phone);
  const identifier = input.identifier === undefined ? undefined : identifierOf(input.identifier);
  if (mrn === null || phone === null) return undefined;
  return {
    areNone: Object.values(input).every((term) => term === undefined),
    ...(birthDate !== undefined && { birthDate }),
    ...(mrn !== undefined && { mrn }),
    ...(phone && { phone: phone.digits }),
    ...(email !== undefined && { email: email.toLowerCase() }),
    ...(identifier && { identifier: identifier.value }),
    fits: (patient) =>
      (!phone || hasNumber(patient, phone)) && (!identifier || hasIdentifier(patient, identifier)),
  };
}

interface PhoneNumber {
  digits: string;
  /** With the country code; otherwise it is the end of a number. */
  isWhole: boolean;
}

/** A number as it may be written: +44 20 7946 0018, 0044 20…, 020…; null when it is too short to be one. */
function numberOf(text: string): PhoneNumber | null {
  const whole = contactValue('phone', text.replace(/^\s*00/, '+'));
  const digits = (whole ?? text).replace(/\D/g, '').replace(/^0+/, '');
  return digits.length < leastDigits ? null : { digits, isWhole: whole !== undefined };
}

function hasNumber({ telecom }: PatientRow, { digits, isWhole }: PhoneNumber): boolean {
  return telecom.some(
    ({ system, value }) =>
      numbered.includes(system) && (isWhole ? value === `+${digits}` : value.endsWith(digits)),
  );
}

interface Identifier {
  system?: string;
  value: string;
}

/** As text it is a value, or in FHIR's way `system|value`. */
function identifierOf(term: string | Identifier): Identifier {
  if (typeof term !== 'string') return term;
  const bar = term.lastIndexOf('|');
  if (bar < 0) return { value: term };
  const value = term.slice(bar + 1);
  return bar === 0 ? { value } : { system: term.slice(0, bar), value };
}

function hasIdentifier({ identifier }: PatientRow, { system, value }: Identifier): boolean {
  return identifier.some(
    (one) =>
      bare(one.value) === bare(value) &&
      (system === undefined || one.system.toLowerCase() === system.toLowerCase()),
  );
}
