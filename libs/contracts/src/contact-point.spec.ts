import { describe, expect, it } from '@jest/globals';
import { contactValue } from './contact-point.ts';

describe('a contact point is kept', () => {
  it.each([
    ['phone', '+44 20 7946 0018', '+442079460018'],
    ['phone', '+44 (20) 7946-0018', '+442079460018'],
    ['sms', '+1 (650) 253-0000', '+16502530000'],
    ['fax', '+49 30 901820', '+4930901820'],
    ['email', 'Ada.Lovelace@Example.ORG', 'ada.lovelace@example.org'],
    ['url', 'https://Example.org/Ada', 'https://Example.org/Ada'],
    ['pager', '4711', '4711'],
    ['other', 'Knock Twice', 'Knock Twice'],
  ])('as a %s: %s as %s', (system, value, kept) => {
    expect(contactValue(system, value)).toBe(kept);
    expect(contactValue(system, kept)).toBe(kept);
  });
});

describe('a contact point is refused', () => {
  it.each([
    ['phone', '020 7946 0018'],
    ['phone', '+44'],
    ['phone', '+4420794600180000000'],
    ['phone', '+999 123456'],
    ['phone', '+44 20 7946 0018 ext. 77'],
    ['sms', 'ada@example.org'],
    ['fax', ''],
    ['email', 'ada'],
    ['email', 'ada@'],
    ['email', '@example.org'],
    ['email', 'ada@example.org, bob@example.org'],
    ['email', '+442079460018'],
  ])('as a %s: %j', (system, value) => {
    expect(contactValue(system, value)).toBeUndefined();
  });
});
