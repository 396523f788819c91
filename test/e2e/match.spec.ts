import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Clinic, type Resource } from '../harness/clinic.ts';
import { query } from '../harness/sql.ts';
import { startSystem, type System } from '../harness/system.ts';

interface Matches {
  items: { patient: Resource & { mrn: string }; score: number; grade: string }[];
}

const person = {
  name: [
    { family: 'Petrakis', given: ['Robert', 'Nikos'] },
    { use: 'old', family: 'Lindgren', given: ['Robert'] },
  ],
  birthDate: '1984-02-11',
  gender: 'male',
  telecom: [
    { system: 'phone', value: '+442079460018' },
    { system: 'email', value: 'robert@example.org' },
  ],
  address: [{ line: ['12 Ash Lane'], city: 'Hexham', postalCode: 'HX1 4AB', country: 'GB' }],
  identifier: [{ system: 'urn:test', value: '943 476 5919' }],
};

let system: System;
let clinic: Clinic;
let registered: Resource & { mrn: string };

beforeAll(async () => {
  system = await startSystem();
  clinic = new Clinic(system.staff);
  for (let others = 0; others < 20; others += 1) await clinic.patient();
  const { id } = await clinic.patient(person);
  registered = (await system.staff.get<typeof registered>(`/patients/${id}`)).body;
});
afterAll(() => system.stop());

/** What a patient is told to be, when that is the registered one. */
async function grade(body: object): Promise<string | undefined> {
  const { status, body: found } = await system.staff.post<Matches>('/patients/match', body);
  expect(status).toBe(200);
  const scores = found.items.map(({ score }) => score);
  expect(scores).toEqual(scores.toSorted((a, b) => b - a));
  expect(scores.every((score) => score >= 0 && score <= 1)).toBe(true);
  return found.items.find(({ patient }) => patient.id === registered.id)?.grade;
}

const { name, birthDate, gender, telecom, address, identifier } = person;
const called = (family: string, ...given: string[]) => ({ name: [{ family, given }], birthDate });

describe('a match', () => {
  it('of the very same is certain, and tells the patient whole', async () => {
    const { body } = await system.staff.post<Matches>('/patients/match', person);
    expect(body.items[0]).toEqual({ patient: registered, score: 1, grade: 'certain' });
  });

  it.each<[string, object]>([
    ['names and birth date', { name, birthDate }],
    ['a short form of the name', { ...called('Petrakis', 'Bob'), gender, telecom }],
    ['an earlier name', { ...called('Lindgren', 'Robert') }],
    ['names in each other’s place', { ...called('Robert', 'Petrakis'), telecom }],
    ['a slip in the name', { ...called('Pertakis', 'Robert'), gender, telecom }],
    ['day and month in each other’s place', { name, birthDate: '1984-11-02', telecom, address }],
    ['a wrong digit', { name, birthDate: '1984-02-18', telecom, gender }],
    ['digits in each other’s place', { name, birthDate: '1948-02-11', telecom, gender }],
    ['no birth date', { name, telecom, gender, identifier }],
    ['the MRN', { name: [{ family: 'Petrakis' }], mrn: '' }],
  ])('goes by %s', async (_, body) => {
    const known = 'mrn' in body ? { ...body, mrn: registered.mrn } : body;
    expect(['certain', 'probable']).toContain(await grade(known));
  });

  it.each<[string, object]>([
    ['a twin', { ...person, name: [{ family: 'Petrakis', given: ['Miltos'] }], identifier: [] }],
    ['a father of the same name', { ...person, birthDate: '1951-10-27', identifier: [] }],
    ['a namesake', { name: [{ family: 'Petrakis', given: ['Robert'] }], birthDate: '1969-11-30' }],
    ['a neighbour', { ...called('Okonkwo', 'Chidi'), address }],
  ])('of %s is neither certain nor probable', async (_, body) => {
    expect(['possible', 'certainly-not', undefined]).toContain(await grade(body));
  });

  it.each([{ gender: 'male' }, { active: true, communication: ['en'] }, { birthDate: '1850-01-01' }])(
    'of %j finds nobody',
    async (body) => {
      expect(await grade(body)).toBeUndefined();
    },
  );

  it('takes a patient as the register answers it', async () => {
    expect(await grade(registered)).toBe('certain');
  });

  it('finds who was merged away as the one whose record is kept, by what either record says', async () => {
    const [kept, merged] = [await clinic.patient(), await clinic.patient()];
    const link = 'update patient.patient set active = false, replaced_by = $1 where id = $2';
    await query(system.database.superuserUrl, link, [kept.id, merged.id]);
    for (const { id } of [kept, merged]) {
      const { body: known } = await system.staff.get(`/patients/${id}`);
      const { body } = await system.staff.post<Matches>('/patients/match', {
        name: known.name,
        birthDate: known.birthDate,
      });
      expect(body.items.map(({ patient, grade }) => [patient.id, grade])).toEqual([[kept.id, 'certain']]);
    }
  });

  it('is refused without anything that is known', async () => {
    for (const body of [{}, undefined]) {
      const { status, body: problem } = await system.staff.post('/patients/match', body);
      expect([status, problem.code]).toEqual([400, 'validation_failed']);
    }
  });
});
