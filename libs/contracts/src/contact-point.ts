import { isEmail } from 'class-validator';
import { parsePhoneNumberFromString } from 'libphonenumber-js/core';
import metadata from 'libphonenumber-js/min/metadata';

const numbered: readonly unknown[] = ['phone', 'fax', 'sms'];

/**
 * The value of a contact point as the register keeps it: numbers in E.164, e-mail in lower case, others as they are.
 * Undefined when it is none of its system.
 */
export function contactValue(system: unknown, value: string): string | undefined {
  if (numbered.includes(system)) {
    const number = parsePhoneNumberFromString(value, { extract: false }, metadata);
    return number?.isPossible() && !number.ext ? number.number : undefined;
  }
  if (system === 'email') return isEmail(value) ? value.toLowerCase() : undefined;
  return value;
}
