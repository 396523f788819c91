import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Clinic, type Resource } from '../harness/clinic.ts';
import { expectProblem } from '../harness/problem.ts';
import { query } from '../harness/sql.ts';
import { startSystem, type System } from '../harness/system.ts';

interface Found {
  items: { patient: { id: string; mrn: string }; score: number }[];
}

let system: System;
let clinic: Clinic;
const people = new Map<string, Resource & { mrn?: string }>();

beforeAll(async () => {
  system = await startSystem();
  clinic = new Clinic(system.staff);
  const register = async (key: string, family: string, given: string[], more: object = {}) => {
    people.set(key, await clinic.patient({ name: [{ family, given }], ...more }));
  };
  await register('björn', 'Bergström', ['Björn'], {
    birthDate: '1971-03-09',
    telecom: [
      { system: 'phone', value: '+442079460018' },
      { system: 'email', value: 'Bjorn@Example.org' },
    ],
    identifier: [
      { system: 'urn:test', value: '943 476-5919' },
      { system: 'urn:card', value: 'Pre\u0301-7' },
    ],
  });
  await register('john', 'Smith', ['John']);
  await register('jonathan', 'Smithson', ['Jonathan']);
  await register('łucja', 'O’Neil-Łoś', ['Łucja', 'Maria']);
  await register('иван', 'Петров', ['Иван']);
  await register('小明', '王', ['小明']);
  await register('thomas', 'Thomas', ['Thomas']);
  await register('robertson', 'Christopherson', ['Wolfgang']);
  await register('augusta', 'Smyth', ['Augusta', 'Lovelace']);
  await register('fitz', 'Fitz', ['Ann', 'Bea', 'Cleo', 'Dora', 'Eve']);
});
afterAll(() => system.stop());

async function search(body: object): Promise<string[]> {
  const { status, body: found } = await system.staff.post<Found>('/patients/search', body);
  expect(status).toBe(200);
  const scores = found.items.map(({ score }) => score);
  expect(scores).toEqual(scores.toSorted((a, b) => b - a));
  expect(scores.every((score) => score >= 0 && score <= 1)).toBe(true);
  const keys = new Map([...people].map(([key, { id }]) => [id, key]));
  return found.items.map(({ patient }) => keys.get(patient.id) ?? patient.id);
}

describe('a search by name', () => {
  it.each([
    ['Björn Bergström', 'björn'],
    ['bergstrom bjorn', 'björn'],
    ['BERGSTRÖM', 'björn'],
    ['berg bj', 'björn'],
    ['Bergstorm', 'björn'],
    ['Bergstöm Bjrn', 'björn'],
    ['Jonh Smiht', 'john'],
    ['smith, john', 'john'],
    ['oneil', 'łucja'],
    ['O’Neil Los', 'łucja'],
    ['maria lucja', 'łucja'],
    ['los maria oneil luc', 'łucja'],
    ['Thomas Thomas', 'thomas'],
    ['Tomas Thoams', 'thomas'],
    ['петров ИВАН', 'иван'],
    ['小', '小明'],
    ['christoferson', 'robertson'],
    ['Kristopherson', 'robertson'],
    ['Bergstorm bj', 'björn'],
    ['augusta smith', 'augusta'],
    ['augusta lovelace smith', 'augusta'],
    ['ann bea cleo dora eve fitz, and more', 'fitz'],
  ])('finds by %s', async (name, expected) => {
    expect((await search({ name }))[0]).toBe(expected);
  });

  it('puts the words that were typed before their beginnings', async () => {
    expect(await search({ name: 'smith jo' })).toEqual(['john', 'jonathan']);
    expect(await search({ name: 'smith' })).toEqual(['john', 'jonathan', 'augusta']);
    expect(await search({ name: 'smith', limit: 1 })).toEqual(['john']);
  });

  it.each(['Quixote', '---', 'smith björn', 'oneil los björn'])('finds nobody by %s', async (name) => {
    expect(await search({ name })).toEqual([]);
  });

  it('finds by a name that a patient had', async () => {
    const name = [
      { family: 'Novak', given: ['Petra'] },
      { use: 'maiden', family: 'Vondrackova', given: [] },
    ];
    people.set('petra', await clinic.patient({ name }));
    expect(await search({ name: 'vondrackova' })).toEqual(['petra']);
  });

  it('goes by the name as it is changed', async () => {
    const { id, version } = await clinic.patient({ name: [{ family: 'Beforehand' }] });
    people.set('changed', { id, version });
    const change = { name: [{ family: 'Afterwards' }], active: false };
    await system.staff.change('PATCH', `/patients/${id}`, version, change);
    expect(await search({ name: 'beforehand' })).toEqual([]);
    expect(await search({ name: 'afterwards' })).toEqual(['changed']);
  });
});

describe('a search', () => {
  it.each([
    { phone: '+442079460018' },
    { phone: '+44 (20) 7946-0018' },
    { phone: '0044 20 7946 0018' },
    { phone: '(020) 7946 0018' },
    { phone: '7946 0018' },
    { email: 'BJORN@example.org' },
    { identifier: '9434765919' },
    { identifier: 'urn:test|943 476 5919' },
    { identifier: { value: '943-476-5919' } },
    { identifier: { system: 'urn:test', value: '943 476-5919' } },
    { identifier: 'Pre\u0301-7' },
    { identifier: { system: ' urn:card ', value: 'Pre\u0301-7\n' } },
    { birthDate: '1971-03-09' },
    { birthDate: '1971-03-09', name: 'berg', phone: '02079460018', email: 'bjorn@example.org' },
    { birthDate: '1971-03-09', name: 'Bjrn Bergstorm' },
  ])('finds by %j', async (body) => {
    expect(await search(body)).toEqual(['björn']);
  });

  it.each([
    { phone: '+492079460018' },
    { phone: '18' },
    { email: 'bjorn@example.com' },
    { identifier: 'urn:other|943 476 5919' },
    { identifier: { system: 'urn:other', value: '943 476-5919' } },
    { birthDate: '1971-09-03' },
    { birthDate: '1971-03-09', name: 'smith' },
    { birthDate: '1971-03-09', name: '---' },
    { mrn: '0000-0000-1' },
    { mrn: 'Bergström' },
  ])('finds nobody by %j', async (body) => {
    expect(await search(body)).toEqual([]);
  });

  it('finds by the MRN, with its hyphens or without', async () => {
    const mrn = people.get('john')?.mrn ?? '';
    for (const typed of [mrn, mrn.replaceAll('-', ''), mrn.replaceAll('-', ' ')])
      expect(await search({ mrn: typed })).toEqual(['john']);
  });

  it('finds who was merged away as the one whose record is kept', async () => {
    const [kept, merged] = [await clinic.patient(), await clinic.patient({ name: [{ family: 'Formerly' }] })];
    people.set('kept', kept);
    const link = 'update patient.patient set active = false, replaced_by = $1 where id = $2';
    await query(system.database.superuserUrl, link, [kept.id, merged.id]);
    expect(await search({ name: 'formerly' })).toEqual(['kept']);
  });

  it('is refused without anything to look for', async () => {
    for (const body of [{}, { limit: 5 }])
      expectProblem(
        await system.staff.post('/patients/search', body),
        400,
        'validation_failed',
        '/patients/search',
      );
  });

  it('ignores an Idempotency-Key', async () => {
    const headers = { 'idempotency-key': 'one' };
    const [first, second] = [
      await system.staff.post<Found>('/patients/search', { name: 'smith' }, headers),
      await system.staff.post<Found>('/patients/search', { name: 'bergström' }, headers),
    ];
    expect([first.body.items.length, second.body.items.length]).toEqual([3, 1]);
    expect(second.headers.get('idempotency-replayed')).toBeNull();
  });
});
