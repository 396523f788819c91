import { describe, expect, it } from '@jest/globals';
import { unspeakable } from '../fuzz/bad-values.ts';
import { Canaries } from './canary.ts';
import { leaksIn } from './scan.ts';

const canaries = new Canaries();
const name = canaries.text('a name');

const every = (text: string, write: (code: string) => string) =>
  [...text].map((letter) => write(letter.charCodeAt(0).toString(16).padStart(2, '0'))).join('');

describe('a leak is found', () => {
  it.each<[string, string]>([
    ['as it was sent', `duplicate key (${name})`],
    ['in lower case', `words: { ${name.toLowerCase()} }`],
    ['in upper case', name.toUpperCase()],
    ['within a longer word', `x${name}y`],
    ['percent-encoded letter by letter', every(name, (hex) => `%${hex}`)],
    ['percent-encoded in capitals', every(name, (hex) => `%${hex.toUpperCase()}`)],
    ['escaped as in JSON', every(name, (hex) => `\\u00${hex}`)],
    ['escaped twice', every(name, (hex) => `\\\\u00${hex}`)],
    ['in hexadecimal', Buffer.from(`{"family":"${name}"}`).toString('hex')],
    ...[0, 1, 2].flatMap<[string, string]>((offset) =>
      (['base64', 'base64url'] as const).map((form): [string, string] => [
        `in ${form}, ${offset} bytes on`,
        Buffer.from(`${'x'.repeat(offset)}${name}, ${name.toLowerCase()}`).toString(form),
      ]),
    ),
    ['as an e-mail address', canaries.email('an address')],
    ['as a language', canaries.language('a language')],
    ['as a phone number', canaries.phone('a number')],
    ['as a phone number in groups', '020 7946 0123'],
    ['as a birth date', `{"birthDate":"${canaries.date('a date')}"}`],
    ['as a birth date without dashes', canaries.date('a date').replaceAll('-', '')],
    ['as what a malformed request said', `unexpected token in ${unspeakable.toLowerCase()}`],
  ])('%s', (_, text) => {
    expect(leaksIn(`{"level":"error","msg":"it failed: ${text}"}`)).not.toEqual([]);
  });

  it('with the field that it was given to, and the line', () => {
    const [leak] = leaksIn(`Key (family)=(${name.toLowerCase()}) already exists.`);
    expect(canaries.placeOf(leak?.value ?? '')).toBe('a name');
    expect(leak?.context).toContain('already exists');
    const date = canaries.date('a birth date');
    expect(canaries.placeOf(leaksIn(date)[0]?.value ?? '')).toBe('a birth date');
    const phone = canaries.phone('a number of a phone');
    expect(canaries.placeOf(leaksIn(phone)[0]?.value ?? '')).toBe('a number of a phone');
  });
});

it.each([
  '01935a3e-1860-7abc-8def-0123456789ab',
  '{"time":"2026-11-24T09:00:00.000Z","requestId":"0193-1871","responseTime":18.710304}',
  'kwyjibo, quok, zyx, 207946, 1999-12-31',
])('what is none is left alone: %s', (text) => {
  expect(leaksIn(text)).toEqual([]);
});
