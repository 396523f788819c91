import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { randomUUIDv7 } from 'node:crypto';
import { ahead, Clinic, type Resource } from '../harness/clinic.ts';
import type { Client } from '../harness/client.ts';
import { merge, queuesAreEmpty, undo } from '../harness/merges.ts';
import { startSystem, type System } from '../harness/system.ts';

let system: System;
let clinic: Clinic;
let survivor: Resource;
let duplicate: Resource;
let other: Resource;
let mergeId: string;
/** The token of the record that was merged away, and that of the one that is kept. */
let merged: Client;
let kept: Client;
let days = 3;

beforeAll(async () => {
  system = await startSystem();
  clinic = new Clinic(system.staff);
  [survivor, duplicate, other] = await Promise.all([clinic.patient(), clinic.patient(), clinic.patient()]);
  [merged, kept] = (await Promise.all(
    [duplicate, survivor].map(({ id }) => system.as({ patientId: id })),
  )) as [Client, Client];
  mergeId = (await merge(system.staff, survivor.id, duplicate.id)).body.id;
  await queuesAreEmpty(system.database);
});
afterAll(() => system.stop());

async function visit(
  patientId: string,
): Promise<{ typeId: string; practitionerId: string; patientId: string; start: string }> {
  const { typeId, practitionerId } = await clinic.visit();
  days += 1;
  return { typeId, practitionerId, patientId, start: ahead(days) };
}

const status = async (reply: Promise<{ status: number }>) => (await reply).status;

it('of a record that was merged away reads both records, and the other’s reads both too', async () => {
  for (const client of [merged, kept])
    for (const { id } of [survivor, duplicate]) expect(await status(client.get(`/patients/${id}`))).toBe(200);
  const { body } = await merged.get(`/patients/${duplicate.id}`);
  expect(body.replacedBy).toBe(survivor.id);
});

it('reads and cancels what it books, under either id', async () => {
  for (const { id } of [survivor, duplicate]) {
    const booked = await merged.post<Resource & { patientId: string }>('/appointments', await visit(id));
    expect([booked.status, booked.body.patientId]).toEqual([201, survivor.id]);
    const path = `/appointments/${booked.body.id}`;
    for (const client of [merged, kept]) expect(await status(client.get(path))).toBe(200);
    for (const named of [survivor, duplicate]) {
      const list = await merged.get<{ items: Resource[] }>(`/appointments?patientId=${named.id}`);
      expect(list.body.items.map((each) => each.id)).toContain(booked.body.id);
    }
    expect(await status(merged.post(`${path}/status`, { status: 'cancelled' }))).toBe(200);
  }
});

it('reads what it waits for, under either id', async () => {
  for (const { id } of [survivor, duplicate]) {
    const { typeId, start } = await visit(id);
    const wanted = { patientId: id, typeId, earliest: start, latest: start };
    const entered = await merged.post<Resource>('/appointments/waitlist', wanted);
    expect(entered.status).toBe(201);
    for (const named of [survivor, duplicate]) {
      const list = await merged.get<{ items: Resource[] }>(`/appointments/waitlist?patientId=${named.id}`);
      expect(list.body.items.map((each) => each.id)).toContain(entered.body.id);
    }
  }
});

it('reads, books and gives back what it holds, under either id', async () => {
  for (const { id } of [survivor, duplicate]) {
    const wanted = await visit(id);
    const hold = await merged.post<Resource>('/appointments/holds', wanted);
    expect(hold.status).toBe(201);
    expect(await status(merged.get(`/appointments/holds/${hold.body.id}`))).toBe(200);
    expect(await status(merged.post('/appointments', { ...wanted, holdId: hold.body.id }))).toBe(201);
    const second = await merged.post<Resource>('/appointments/holds', await visit(id));
    expect(await status(merged.send('DELETE', `/appointments/holds/${second.body.id}`))).toBe(204);
  }
});

it('reaches nothing of others, whether or not it exists', async () => {
  const { id: appointmentId } = await clinic.book(await visit(other.id));
  const wanted = await visit(other.id);
  const hold = await clinic.hold(wanted);
  for (const id of [other.id, randomUUIDv7()]) {
    expect(await status(merged.get(`/patients/${id}`))).toBe(403);
    expect(await status(merged.get(`/appointments?patientId=${id}`))).toBe(403);
    expect(await status(merged.post('/appointments', { ...wanted, patientId: id }))).toBe(403);
  }
  for (const id of [appointmentId, randomUUIDv7()])
    expect(await status(merged.get(`/appointments/${id}`))).toBe(403);
  for (const holdId of [hold.id, randomUUIDv7()])
    expect(await status(merged.post('/appointments', { ...wanted, patientId: duplicate.id, holdId }))).toBe(
      403,
    );
});

it('is of its own record alone again once the merge is undone', async () => {
  expect((await undo(system.staff, mergeId)).status).toBe(200);
  await queuesAreEmpty(system.database);
  expect(await status(merged.get(`/patients/${duplicate.id}`))).toBe(200);
  expect(await status(merged.get(`/patients/${survivor.id}`))).toBe(403);
  expect(await status(merged.get(`/appointments?patientId=${survivor.id}`))).toBe(403);
  expect(await status(kept.get(`/patients/${duplicate.id}`))).toBe(403);
});
