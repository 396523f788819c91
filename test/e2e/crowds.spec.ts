import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Clinic } from '../harness/clinic.ts';
import { somebodyNew } from '../harness/people.ts';
import { query } from '../harness/sql.ts';
import { startSystem, type System } from '../harness/system.ts';

interface Matches {
  items: { patient: { id: string; mrn: string }; score: number; grade: string }[];
}

const crowd = 2_000;
/** What the whole crowd has in common. */
const phone = { system: 'phone', value: '+442079460000' };
const identifier = { system: 'urn:example:number', value: '7' };
const address = { line: ['1 High Street'], city: 'Hexham', postalCode: 'HX1 1AA', country: 'GB' };

let system: System;
let clinic: Clinic;

beforeAll(async () => {
  system = await startSystem();
  clinic = new Clinic(system.staff);
  await query(
    system.database.superuserUrl,
    `insert into patient.patient (id, mrn, active, name, birth_date, gender, telecom, address, identifier, communication,
       version, created_at, updated_at)
     select gen_random_uuid(), 'crowd-' || n, true, jsonb_build_array(jsonb_build_object('family', 'Crowd', 'given', jsonb_build_array('Nth' || n))),
       date '1950-01-01' + n * 11, 'unknown', $1, $2, $3, '[]', 1, now(), now() from generate_series(1, ${crowd}) as n`,
    [[phone], [address], [identifier]].map((list) => JSON.stringify(list)),
  );
});
afterAll(() => system.stop());

async function found(body: object): Promise<Matches['items']> {
  const { status, body: matches } = await system.staff.post<Matches>('/patients/match', body);
  expect(status).toBe(200);
  return matches.items;
}

it.each<[string, object]>([
  ['a phone', { telecom: [phone] }],
  ['an identifier', { identifier: [identifier] }],
  ['a house', { address: [address] }],
  ['a family name', {}],
  ['all of it', { telecom: [phone], identifier: [identifier], address: [address] }],
])('thousands who share %s with somebody do not hide the duplicate', async (what, shared) => {
  const person = somebodyNew();
  const [name] = person.name;
  if (what === 'a family name') person.name = [{ family: 'Crowd', given: name?.given ?? [] }];
  const { id } = await clinic.patient({ ...person, ...shared });
  expect((await found({ ...person, ...shared }))[0]).toMatchObject({ patient: { id }, grade: 'certain' });
  const refused = await system.staff.post<{ candidates: { id: string }[] }>('/patients', {
    ...person,
    ...shared,
  });
  expect(refused.status).toBe(409);
  expect(refused.body.candidates.map((candidate) => candidate.id)).toEqual([id]);
});

it('a crowd itself is searched and matched, as far as one looks at it', async () => {
  expect((await found({ telecom: [phone] })).length).toBeGreaterThan(0);
  const { body } = await system.staff.post<Matches>('/patients/search', { name: 'crowd', limit: 200 });
  expect(body.items).toHaveLength(200);
  const one = await system.staff.post<Matches>('/patients/search', { name: 'nth1234 crowd' });
  expect(one.body.items[0]?.patient.mrn).toBe('crowd-1234');
});

it.each(['nth1', 'nth1 crow', 'nth nth1'])(
  'of a crowd whose names begin as %s a page is found',
  async (name) => {
    const { body } = await system.staff.post<Matches>('/patients/search', { name });
    expect(body.items).toHaveLength(50);
    expect(body.items.filter(({ patient }) => !patient.mrn.startsWith('crowd-1'))).toEqual([]);
  },
);

it('somebody of whose names several begin as typed hides nobody whose are merely like it', async () => {
  const given = ['Zabina', 'Zabinette'];
  const several = await Promise.all(
    Array.from({ length: 40 }, (_, nth) =>
      clinic.patient({ name: [{ family: 'Zabin', given }], birthDate: `${1920 + nth}-05-06` }),
    ),
  );
  const alike = await clinic.patient({ name: [{ family: 'Zabni' }], birthDate: '1965-06-07' });
  const { body } = await system.staff.post<Matches>('/patients/search', { name: 'zabi zabin' });
  const ids = body.items.map(({ patient }) => patient.id);
  expect(new Set(ids.slice(0, 40))).toEqual(new Set(several.map(({ id }) => id)));
  expect(ids.slice(40)).toEqual([alike.id]);
});

it('those who have an empty identifier, or an address without house or postal code, have nothing in common', async () => {
  const nothing = {
    identifier: [{ system: 'urn:example:number', value: '--' }],
    address: [{ city: 'York' }],
  };
  const [one, other] = [somebodyNew(), somebodyNew()];
  await clinic.patient({ ...one, ...nothing });
  expect(await found({ ...other, ...nothing })).toEqual([]);
  for (const address of [{ line: ['2 Low Street'] }, { postalCode: 'YO1 1AA', line: ['The Old Mill'] }]) {
    const [named] = one.name;
    await clinic.patient({ ...somebodyNew(), address: [address] });
    expect(await found({ name: [{ family: named?.family ?? '' }], address: [address] })).toEqual([]);
  }
});

it('whose names begin as typed come before a crowd whose are merely like it', async () => {
  await query(
    system.database.superuserUrl,
    `insert into patient.patient (id, mrn, active, name, birth_date, gender, telecom, address, identifier, communication, version,
       created_at, updated_at)
     select gen_random_uuid(), 'maier-' || n, true, '[{"family": "Maier", "given": ["Ina"]}]', date '1950-01-01' + n, 'female',
       '[]', '[]', '[]', '[]', 1, now(), now() from generate_series(1, 500) as n`,
  );
  const [meier, meierhofer] = [
    await clinic.patient({ name: [{ family: 'Meier', given: ['Ina'] }], birthDate: '1961-02-03' }),
    await clinic.patient({ name: [{ family: 'Meierhofer', given: ['Inari'] }], birthDate: '1962-03-04' }),
  ];
  for (const name of ['meier', 'meier ina', 'ina meier']) {
    const { body } = await system.staff.post<Matches>('/patients/search', { name });
    expect(body.items.slice(0, 2).map(({ patient }) => patient.id)).toEqual([meier.id, meierhofer.id]);
    expect(body.items).toHaveLength(50);
  }
});

it('names as long as they may be, in letters of three bytes, are kept and found', async () => {
  const letters = (from: number) =>
    Array.from({ length: 99 }, (_, nth) =>
      nth % 33 === 32 ? ' ' : String.fromCharCode(0x4e00 + ((from * 7_919 + nth * 104_729) % 20_000)),
    ).join('');
  const name = Array.from({ length: 20 }, (_, nth) => ({
    family: letters(nth),
    given: [letters(100 + nth)],
  }));
  const { id } = await clinic.patient({ name, birthDate: '1973-04-05' });
  const [first = ''] = letters(0).split(' ');
  const { body } = await system.staff.post<Matches>('/patients/search', { name: first });
  expect(body.items.map(({ patient }) => patient.id)).toEqual([id]);
});

it('names of thousands of words cost no more than others', async () => {
  const words = (from: number) =>
    Array.from({ length: 33 }, (_, index) => String.fromCharCode(97 + ((from + index) % 26)).repeat(2)).join(
      ' ',
    );
  const name = Array.from({ length: 20 }, (_, nth) => ({
    family: `${'x'.repeat(60)}${nth} ${words(nth).slice(0, 30)}`,
    given: Array.from({ length: 10 }, (_, place) => `${words(nth + place).slice(0, 95)}${place}`),
  }));
  const person = { name, birthDate: '1970-01-01' };
  const { id } = await clinic.patient(person);
  const since = performance.now();
  expect((await found(person))[0]).toMatchObject({ patient: { id }, grade: 'certain' });
  expect(performance.now() - since).toBeLessThan(2_000);
  const [kept] = await query(
    system.database.superuserUrl,
    `select count(distinct word)::int as words, count(*)::int as pairs, max(length(word)) as longest,
       (select count(*)::int from patient.patient_key where patient_id = $1) as keys
     from patient.patient_name_pair where patient_id = $1`,
    [id],
  );
  expect(kept).toMatchObject({ words: 40, pairs: 1600, longest: 40 });
  expect(kept?.keys).toBeLessThanOrEqual(300);
});
