import { randomUUID, randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Reply } from '../harness/client.ts';
import { Clinic } from '../harness/clinic.ts';
import { somebodyNew } from '../harness/people.ts';
import { expectProblem } from '../harness/problem.ts';
import { query } from '../harness/sql.ts';
import { startSystem, type System } from '../harness/system.ts';

interface Refused {
  id: string;
  code: string;
  detail: string;
  candidates: { id: string; mrn: string; score: number; grade: string }[];
}

let system: System;
let clinic: Clinic;

beforeAll(async () => {
  system = await startSystem();
  clinic = new Clinic(system.staff);
});
afterAll(() => system.stop());

function register(body: object, headers: Record<string, string> = {}): Promise<Reply<Refused>> {
  return system.staff.post<Refused>('/patients', body, headers);
}

it('refuses who is there already, and names the record without anything about the person', async () => {
  const person = somebodyNew();
  const { id } = await clinic.patient(person);
  const { mrn } = (await system.staff.get(`/patients/${id}`)).body;
  const refused = await register(person);
  expectProblem(refused, 409, 'possible_duplicate', '/patients');
  const { candidates } = refused.body;
  expect(candidates).toEqual([{ id, mrn, score: expect.any(Number), grade: 'certain' }]);
  expect(candidates[0]?.score).toBeGreaterThan(0.99);
  const told = JSON.stringify(refused.body);
  const personal = [person.name[0]?.family ?? '', ...(person.name[0]?.given ?? []), person.birthDate];
  expect(personal.filter((text) => told.includes(text))).toEqual([]);
});

it('registers who is confirmed to be none of the candidates, all of whom must be named', async () => {
  const person = somebodyNew();
  const first = await clinic.patient(person);
  const second = await register({ ...person, confirmedNotDuplicateOf: [first.id] });
  expect(second.status).toBe(201);
  expect(second.body).not.toHaveProperty('confirmedNotDuplicateOf');
  const refused = await register({ ...person, confirmedNotDuplicateOf: [first.id, randomUUIDv7()] });
  expect(refused.status).toBe(409);
  const ids = refused.body.candidates.map((candidate) => candidate.id);
  expect(ids.toSorted()).toEqual([first.id, second.body.id].sort());
  expect((await register({ ...person, confirmedNotDuplicateOf: ids })).status).toBe(201);
});

it('keeps a refusal under its key as any answer, and takes the confirmation under another', async () => {
  const person = somebodyNew();
  const { id } = await clinic.patient(person);
  const key = randomUUID();
  const [first, again] = [
    await register(person, { 'idempotency-key': key }),
    await register(person, { 'idempotency-key': key }),
  ];
  expect([first.status, again.status, again.headers.get('idempotency-replayed')]).toEqual([409, 409, 'true']);
  expect(again.body).toEqual(first.body);
  const confirmed = { ...person, confirmedNotDuplicateOf: [id] };
  expect((await register(confirmed, { 'idempotency-key': key })).status).toBe(422);
  expect((await register(confirmed, { 'idempotency-key': randomUUID() })).status).toBe(201);
});

it('registers a person once, however many come with it at the same time', async () => {
  for (let round = 0; round < 5; round += 1) {
    const person = somebodyNew();
    const [named] = person.name;
    const spellings = [{ ...named }, { ...named, given: [...(named?.given ?? []), 'Lee'] }];
    const replies = await Promise.all(
      Array.from({ length: 12 }, (_, index) => register({ ...person, name: [spellings[index % 2]] })),
    );
    const statuses = replies.map(({ status }) => status).sort();
    expect(statuses).toEqual([201, ...Array<number>(11).fill(409)]);
  }
});

it('goes by the record as it was changed', async () => {
  const [before, after] = [somebodyNew(), somebodyNew()];
  const { id, version } = await clinic.patient(before);
  await system.staff.change('PATCH', `/patients/${id}`, version, after);
  expect((await register(after)).status).toBe(409);
  expect((await register(before)).status).toBe(201);
});

it('names the record that is kept in place of one merged away', async () => {
  const person = somebodyNew();
  const [merged, between, kept] = [
    await clinic.patient(person),
    await clinic.patient(),
    await clinic.patient(),
  ];
  const link = 'update patient.patient set active = false, replaced_by = $1 where id = $2';
  await query(system.database.superuserUrl, link, [between.id, merged.id]);
  await query(system.database.superuserUrl, link, [kept.id, between.id]);
  const refused = await register(person);
  expect(refused.body.candidates.map(({ id }) => id)).toEqual([kept.id]);
  expect((await register({ ...person, confirmedNotDuplicateOf: [kept.id] })).status).toBe(201);
});

it('does not take twins, namesakes or those of whom too little is known for one', async () => {
  const telecom = [{ system: 'phone', value: '+442079460017' }];
  const twins = { birthDate: '2011-11-11', telecom };
  await clinic.patient({ name: [{ family: 'Zwilling', given: ['Anton'] }], ...twins });
  const others = [
    { name: [{ family: 'Zwilling', given: ['Berta'] }], ...twins },
    { name: [{ family: 'Zwilling', given: ['Anton'] }], birthDate: '1979-06-20', telecom },
    { name: [{ family: 'Zwilling' }], birthDate: '2011-11-11' },
    { name: [{ family: 'Zwilling' }], birthDate: '2011-11-11' },
  ];
  for (const other of others) expect((await register(other)).status).toBe(201);
});
