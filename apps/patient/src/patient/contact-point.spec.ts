import { describe, expect, it } from '@jest/globals';
import { normalise, normaliseAll } from './contact-point.ts';

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
  ] as const)('as a %s: %s as %s', (system, value, kept) => {
    expect(normalise({ system, value, use: 'home' })).toEqual({ system, value: kept, use: 'home' });
  });

  it('unchanged when it is normalised again', () => {
    const once = normalise({ system: 'phone', value: '+44 20 7946 0018' });
    expect(normalise(once as never)).toEqual(once);
  });
});

describe('a contact point is refused', () => {
  it.each([
    ['phone', '020 7946 0018'],
    ['phone', '+44'],
    ['phone', '+4420794600180000000'],
    ['phone', '+999 123456'],
    ['sms', 'ada@example.org'],
    ['fax', ''],
    ['email', 'ada'],
    ['email', 'ada@'],
    ['email', '@example.org'],
    ['email', 'ada@example.org, bob@example.org'],
    ['email', '+442079460018'],
  ] as const)('as a %s: %j', (system, value) => {
    expect(normalise({ system, value })).toEqual(expect.stringMatching(/^must be /));
  });
});

it('tells each contact point that is wrong by its place and never by its value', () => {
  const { telecom, errors } = normaliseAll([
    { system: 'phone', value: 'secret-one' },
    { system: 'email', value: 'A@example.org' },
    { system: 'email', value: 'secret-two' },
  ]);
  expect(telecom).toEqual([{ system: 'email', value: 'a@example.org' }]);
  expect(errors.map(({ path }) => path)).toEqual(['telecom.0.value', 'telecom.2.value']);
  expect(JSON.stringify(errors)).not.toContain('secret');
});
