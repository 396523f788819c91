import { isEmail } from 'class-validator';
import { parsePhoneNumberFromString } from 'libphonenumber-js/core';
import metadata from 'libphonenumber-js/min/metadata';
import type { ContactPointDto, FieldError } from '#contracts';

/**
 * A contact point as the register keeps it: numbers in E.164, e-mail in lower case.
 * @returns the contact point, or what is wrong with it in words
 */
export function normalise(contact: ContactPointDto): ContactPointDto | string {
  switch (contact.system) {
    case 'phone':
    case 'fax':
    case 'sms': {
      const number = parsePhoneNumberFromString(contact.value, metadata);
      if (!number?.isPossible())
        return 'must be a phone number with its country code, such as +44 20 7946 0018';
      return { ...contact, value: number.number };
    }
    case 'email':
      return isEmail(contact.value)
        ? { ...contact, value: contact.value.toLowerCase() }
        : 'must be an e-mail address';
    case 'pager':
    case 'url':
    case 'other':
      return contact;
  }
}

/** Every contact point normalised, and an error for each that can't be. */
export function normaliseAll(contacts: readonly ContactPointDto[]): {
  telecom: ContactPointDto[];
  errors: FieldError[];
} {
  const telecom: ContactPointDto[] = [];
  const errors: FieldError[] = [];
  contacts.forEach((contact, index) => {
    const result = normalise(contact);
    if (typeof result === 'string') errors.push({ path: `telecom.${index}.value`, message: result });
    else telecom.push(result);
  });
  return { telecom, errors };
}
