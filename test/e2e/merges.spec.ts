import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { maxMerges } from '#contracts';
import { Clinic, type Resource } from '../harness/clinic.ts';
import { merge, undo, type Merge } from '../harness/merges.ts';
import { expectProblem } from '../harness/problem.ts';
import { startSystem, type System } from '../harness/system.ts';

interface Patient extends Resource {
  active: boolean;
  replacedBy?: string;
  telecom: object[];
  address: object[];
  identifier: object[];
  updatedAt: string;
}

const phone = (value: string, use?: string) => ({ system: 'phone', value, ...(use && { use }) });
const home = { use: 'home', line: ['1 High Street'], city: 'London', country: 'GB' };
const identifier = (value: string) => ({ system: 'urn:example:number', value });

let system: System;
let clinic: Clinic;

beforeAll(async () => {
  system = await startSystem();
  clinic = new Clinic(system.staff);
});
afterAll(() => system.stop());

async function read(id: string): Promise<Patient> {
  return (await system.staff.get<Patient>(`/patients/${id}`)).body;
}

async function merged(survivorId: string, duplicateId: string): Promise<Merge> {
  const { status, body } = await merge(system.staff, survivorId, duplicateId);
  expect(status).toBe(201);
  return body;
}

async function change(id: string, patch: object): Promise<void> {
  const { version } = await read(id);
  expect((await system.staff.change('PATCH', `/patients/${id}`, version, patch)).status).toBe(200);
}

/** But for the marks that every change leaves. */
const state = (patient: Patient) => ({ ...patient, version: undefined, updatedAt: undefined });

async function refused(survivorId: string, duplicateId: string, code: string): Promise<void> {
  expectProblem(await merge(system.staff, survivorId, duplicateId), 422, code, '/patients/merges');
}

describe('a merge', () => {
  it('unites identifiers, contacts and addresses without doubles and says which came from where', async () => {
    const survivor = await clinic.patient({
      name: [{ family: 'Keeper' }],
      birthDate: '1971-02-03',
      telecom: [phone('+442079460018', 'home')],
      identifier: [identifier('1')],
      address: [home],
    });
    const duplicate = await clinic.patient({
      telecom: [phone('+442079460018', 'work'), phone('+442079460019')],
      identifier: [identifier('1'), identifier('2')],
      address: [{ ...home, use: 'billing' }, { city: 'York' }],
    });
    const reply = await merge(system.staff, survivor.id, duplicate.id);
    expect(reply.status).toBe(201);
    expect(reply.headers.get('location')).toBe(`/patients/merges/${reply.body.id}`);
    expect(reply.body).toMatchObject({
      survivorId: survivor.id,
      duplicateId: duplicate.id,
      reason: 'The same person',
      telecom: [
        { value: '+442079460018', use: 'home', from: 'both' },
        { value: '+442079460019', from: 'duplicate' },
      ],
      identifier: [
        { value: '1', from: 'both' },
        { value: '2', from: 'duplicate' },
      ],
      address: [
        { use: 'home', from: 'both' },
        { city: 'York', from: 'duplicate' },
      ],
      kept: { birthDate: '1971-02-03', name: [{ family: 'Keeper' }] },
      version: 1,
    });
    expect(await read(survivor.id)).toMatchObject({
      active: true,
      telecom: [phone('+442079460018', 'home'), phone('+442079460019')],
      identifier: [identifier('1'), identifier('2')],
      address: [home, { city: 'York' }],
      version: 2,
    });
    const gone = await read(duplicate.id);
    expect(gone).toMatchObject({ active: false, replacedBy: survivor.id, version: 2 });
    expect(gone.telecom).toHaveLength(2);
    const { body } = await system.staff.get(`/patients/merges/${reply.body.id}`);
    expect(body).toEqual(reply.body);
  });

  it('is refused, with the reason, of a record with itself, with none, or with an inactive one', async () => {
    const [a, b] = [await clinic.patient(), await clinic.patient()];
    await refused(a.id, a.id, 'merge_self');
    await refused(a.id, randomUUIDv7(), 'patient_unknown');
    await refused(randomUUIDv7(), a.id, 'patient_unknown');
    await change(b.id, { active: false });
    await refused(a.id, b.id, 'patient_inactive');
    await refused(b.id, a.id, 'patient_inactive');
    expect([(await read(a.id)).version, (await read(b.id)).version]).toEqual([1, 2]);
  });

  it('is refused of records that are merged already, also the other way round', async () => {
    const [a, b, c] = [await clinic.patient(), await clinic.patient(), await clinic.patient()];
    await merged(b.id, c.id);
    await refused(b.id, c.id, 'patient_merged');
    await refused(a.id, c.id, 'patient_merged');
    await refused(c.id, a.id, 'patient_merged');
    await refused(c.id, b.id, 'merge_cycle');
    await merged(a.id, b.id);
    await refused(c.id, a.id, 'merge_cycle');
  });

  it('is refused when the survivor would have more entries than a record can', async () => {
    const entries = (from: number) =>
      Array.from({ length: 11 }, (_, index) => identifier(`n${from + index}`));
    const a = await clinic.patient({ identifier: entries(0) });
    const b = await clinic.patient({ identifier: entries(20) });
    await refused(a.id, b.id, 'merge_too_large');
  });

  it('is refused when it would make too long a chain, and says how it can be made', async () => {
    let last = await clinic.patient();
    for (let merges = 0; merges < maxMerges; merges += 1) {
      const next = await clinic.patient();
      await merged(next.id, last.id);
      last = next;
    }
    const other = await clinic.patient();
    await refused(other.id, last.id, 'merge_chain_too_long');
    await merged(last.id, other.id);
  });

  it('is made once, however many ask at the same time', async () => {
    const [a, b] = [await clinic.patient(), await clinic.patient()];
    const replies = await Promise.all([
      ...Array.from({ length: 4 }, () => merge(system.staff, a.id, b.id)),
      ...Array.from({ length: 4 }, () => merge(system.staff, b.id, a.id)),
    ]);
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(replies.filter(({ status }) => status === 422)).toHaveLength(7);
  });

  it('is made once under an Idempotency-Key', async () => {
    const [a, b] = [await clinic.patient(), await clinic.patient()];
    const body = { survivorId: a.id, duplicateId: b.id, reason: 'Twice' };
    const headers = { 'idempotency-key': randomUUIDv7() };
    const first = await system.staff.post<Merge>('/patients/merges', body, headers);
    const second = await system.staff.post<Merge>('/patients/merges', body, headers);
    expect([first.status, second.status, second.body.id]).toEqual([201, 201, first.body.id]);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
  });

  it('keeps the duplicate as it is: it can’t be changed while it is merged away', async () => {
    const [a, b] = [await clinic.patient(), await clinic.patient()];
    await merged(a.id, b.id);
    for (const patch of [{ active: true }, { gender: 'male' }]) {
      const reply = await system.staff.change('PATCH', `/patients/${b.id}`, 2, patch);
      const problem = expectProblem(reply, 422, 'patient_merged', `/patients/${b.id}`);
      expect(problem).toMatchObject({ replacedBy: a.id });
    }
  });
});

describe('an undone merge', () => {
  it('leaves both records as they were, but for their versions', async () => {
    const a = await clinic.patient({ telecom: [phone('+442079460018')], identifier: [identifier('1')] });
    const b = await clinic.patient({ telecom: [phone('+442079460019')], address: [home], gender: 'other' });
    const before = [await read(a.id), await read(b.id)].map(state);
    const { id } = await merged(a.id, b.id);
    const reply = await undo(system.staff, id);
    expect([reply.status, reply.body]).toEqual([
      200,
      expect.objectContaining({ id, version: 2, undone: expect.objectContaining({ by: expect.anything() }) }),
    ]);
    const after = [await read(a.id), await read(b.id)];
    expect(after.map(state)).toEqual(before);
    expect(after.map(({ version }) => version)).toEqual([3, 3]);
  });

  it('keeps what was changed of the survivor since, entries of the duplicate among it', async () => {
    const a = await clinic.patient({ telecom: [phone('+442079460018')] });
    const b = await clinic.patient({ telecom: [phone('+442079460019'), phone('+442079460020')] });
    const { id } = await merged(a.id, b.id);
    const telecom = [
      phone('+442079460018', 'work'),
      phone('+442079460019', 'mobile'),
      phone('+442079460020'),
      phone('+442079460021'),
    ];
    await change(a.id, { telecom, gender: 'female' });
    await undo(system.staff, id);
    expect(await read(a.id)).toMatchObject({
      gender: 'female',
      telecom: [telecom[0], telecom[1], telecom[3]],
    });
  });

  it('leaves with the survivor what another duplicate brought too, until that one goes', async () => {
    const a = await clinic.patient();
    const b = await clinic.patient({ telecom: [phone('+442079460019', 'home')] });
    const c = await clinic.patient({ telecom: [phone('+442079460019', 'work')] });
    const first = await merged(a.id, b.id);
    const second = await merged(a.id, c.id);
    await undo(system.staff, first.id);
    expect((await read(a.id)).telecom).toEqual([phone('+442079460019', 'work')]);
    await undo(system.staff, second.id);
    expect((await read(a.id)).telecom).toEqual([]);
  });

  it('is refused a second time', async () => {
    const [a, b] = [await clinic.patient(), await clinic.patient()];
    const { id } = await merged(a.id, b.id);
    await undo(system.staff, id);
    expectProblem(await undo(system.staff, id), 409, 'merge_undone', `/patients/merges/${id}/undo`);
    const unknown = randomUUIDv7();
    expectProblem(await undo(system.staff, unknown), 404, 'not_found', `/patients/merges/${unknown}/undo`);
    expect((await merge(system.staff, b.id, a.id)).status).toBe(201);
  });

  it('of a chain is undone from its end; what a later merge builds upon is refused and says which', async () => {
    const a = await clinic.patient({ identifier: [identifier('a')] });
    const b = await clinic.patient({ identifier: [identifier('b')] });
    const c = await clinic.patient({ identifier: [identifier('c')] });
    const before = [await read(a.id), await read(b.id), await read(c.id)].map(state);
    const inner = await merged(b.id, c.id);
    const outer = await merged(a.id, b.id);
    expect((await read(a.id)).identifier).toHaveLength(3);
    const path = `/patients/merges/${inner.id}/undo`;
    const problem = expectProblem(await undo(system.staff, inner.id), 409, 'merge_built_upon', path);
    expect(problem).toMatchObject({ undoFirst: outer.id });
    expect((await undo(system.staff, outer.id)).status).toBe(200);
    expect(await read(c.id)).toMatchObject({ active: false, replacedBy: b.id });
    expect((await undo(system.staff, inner.id)).status).toBe(200);
    expect([await read(a.id), await read(b.id), await read(c.id)].map(state)).toEqual(before);
  });
});
