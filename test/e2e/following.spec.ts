import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FollowingRound } from '../../apps/appointment/src/following/following.round.ts';
import { contradictionsIn } from '../faults/database.ts';
import { ahead, Clinic, type Booking, type Resource } from '../harness/clinic.ts';
import { disagreements, merge, queuesAreEmpty, undo } from '../harness/merges.ts';
import { query } from '../harness/sql.ts';
import { startSystem, type System } from '../harness/system.ts';

interface Followed extends Booking {
  patientConflict?: true;
}

interface Change {
  version: number;
  by: string;
  what: { action: string; patient?: { from: string; to: string }; patientConflict?: boolean };
}

let system: System;
let clinic: Clinic;
let type: Resource;
let survivor: Resource;
let duplicate: Resource;
let days = 0;

beforeAll(async () => {
  system = await startSystem();
  clinic = new Clinic(system.staff);
  type = await clinic.type();
});
afterAll(async () => {
  await queuesAreEmpty(system.database);
  expect(await contradictionsIn(system.database)).toEqual([]);
  expect(await disagreements(system.database)).toEqual([]);
  await system.stop();
});

async function two(): Promise<void> {
  [survivor, duplicate] = await Promise.all([clinic.patient(), clinic.patient()]);
}

/** A time of a practitioner of its own. */
async function visit(patientId: string, start: string): Promise<Record<string, string>> {
  const { id: practitionerId } = await clinic.practitioner([type.id]);
  return { typeId: type.id, practitionerId, patientId, start };
}

async function book(patientId: string, start: string, more: object = {}): Promise<Followed> {
  return clinic.book({ ...(await visit(patientId, start)), ...more });
}

function aDay(): number {
  days += 1;
  return days;
}

async function read(id: string): Promise<Followed> {
  return (await system.staff.get<Followed>(`/appointments/${id}`)).body;
}

async function history(id: string): Promise<Change[]> {
  return (await system.staff.get<{ items: Change[] }>(`/appointments/${id}/history`)).body.items;
}

async function merged(): Promise<string> {
  const { body } = await merge(system.staff, survivor.id, duplicate.id);
  await queuesAreEmpty(system.database);
  return body.id;
}

async function undone(mergeId: string): Promise<void> {
  expect((await undo(system.staff, mergeId)).status).toBe(200);
  await queuesAreEmpty(system.database);
}

describe('after a merge', () => {
  it('appointments and series of the duplicate are the survivor’s, whatever their status, and go back', async () => {
    await two();
    const day = aDay();
    const booked = await book(duplicate.id, ahead(day, '09:00'));
    const cancelled = await book(duplicate.id, ahead(day, '10:00'));
    await clinic.becomes(cancelled.id, 'cancelled');
    const recurrence = { frequency: 'daily', count: 2 };
    const series = await clinic.series({ ...(await visit(duplicate.id, ahead(day, '11:00'))), recurrence });
    const mergeId = await merged();
    expect(await read(booked.id)).toMatchObject({ patientId: survivor.id, version: 2 });
    expect(await read(cancelled.id)).toMatchObject({
      patientId: survivor.id,
      status: 'cancelled',
      version: 3,
    });
    const path = `/appointments/series/${series.id}`;
    expect((await system.staff.get(path)).body).toMatchObject({ patientId: survivor.id });
    expect(await history(booked.id)).toMatchObject([
      { what: { action: 'booked' } },
      {
        version: 2,
        by: 'system',
        what: { action: 'patient', patient: { from: duplicate.id, to: survivor.id } },
      },
    ]);
    const list = await system.staff.get<{ items: object[] }>(`/appointments?patientId=${duplicate.id}`);
    expect(list.body.items).toEqual([]);
    await undone(mergeId);
    expect(await read(booked.id)).toMatchObject({ patientId: duplicate.id, version: 3 });
    expect((await system.staff.get(path)).body).toMatchObject({ patientId: duplicate.id });
  });

  it('the survivor is busy at their times', async () => {
    await two();
    const start = ahead(aDay(), '09:00');
    await book(duplicate.id, start);
    await merged();
    const reply = await system.staff.post('/appointments', await visit(survivor.id, start));
    expect([reply.status, reply.body.code]).toEqual([409, 'slot_taken']);
    expect(reply.body.reasons).toMatchObject([{ code: 'patient_busy' }]);
  });

  it('what is booked under the duplicate’s id is the survivor’s and stays so', async () => {
    await two();
    const mergeId = await merged();
    const appointment = await book(duplicate.id, ahead(aDay(), '09:00'));
    expect(appointment.patientId).toBe(survivor.id);
    await undone(mergeId);
    expect((await read(appointment.id)).patientId).toBe(survivor.id);
  });

  it('an appointment that was moved or changed meanwhile goes back as it is by then', async () => {
    await two();
    const day = aDay();
    const { id } = await book(duplicate.id, ahead(day, '09:00'));
    const mergeId = await merged();
    const path = `/appointments/${id}/reschedule`;
    expect((await system.staff.post(path, { start: ahead(day, '15:00') })).status).toBe(200);
    await clinic.becomes(id, 'arrived');
    await undone(mergeId);
    expect(await read(id)).toMatchObject({
      patientId: duplicate.id,
      start: ahead(day, '15:00'),
      status: 'arrived',
    });
  });
});

describe('an appointment that collides with one of the survivor’s', () => {
  async function colliding(): Promise<{ own: Followed; other: Followed; mergeId: string; day: number }> {
    await two();
    const day = aDay();
    const own = await book(survivor.id, ahead(day, '09:00'));
    const other = await book(duplicate.id, ahead(day, '09:00'));
    const mergeId = await merged();
    return { own, other, mergeId, day };
  }

  it('keeps its time and is marked, the survivor’s is not', async () => {
    const { own, other, day } = await colliding();
    expect(await read(other.id)).toMatchObject({
      patientId: survivor.id,
      start: ahead(day, '09:00'),
      practitionerId: other.practitionerId,
      patientConflict: true,
    });
    expect(await read(own.id)).toEqual(own);
    expect((await history(other.id)).at(-1)?.what).toMatchObject({
      action: 'patient',
      patientConflict: true,
    });
    const somebody = await clinic.patient();
    const again = { ...other, patientId: somebody.id };
    const { typeId, practitionerId, patientId, start } = again;
    const reply = await system.staff.post('/appointments', { typeId, practitionerId, patientId, start });
    expect(reply.body.reasons).toMatchObject([{ code: 'practitioner_busy' }]);
  });

  it('occupies the patient too, where only a part of its time collides', async () => {
    await two();
    const day = aDay();
    const half = await book(survivor.id, ahead(day, '09:00'));
    const hour = await clinic.type({ minutes: 60 });
    const { id: practitionerId } = await clinic.practitioner([hour.id]);
    const start = ahead(day, '09:00');
    const marked = await clinic.book({ typeId: hour.id, practitionerId, patientId: duplicate.id, start });
    const mergeId = await merged();
    expect(await read(marked.id)).toMatchObject({ patientId: survivor.id, patientConflict: true });

    const wanted = await visit(survivor.id, ahead(day, '09:30'));
    const refused = await system.staff.post('/appointments', wanted);
    expect([refused.status, refused.body.reasons]).toMatchObject([409, [{ code: 'patient_busy' }]]);
    const why = await system.staff.get<{ reasons: object[] }>(
      `/appointments/slots/explain?${new URLSearchParams(wanted).toString()}`,
    );
    expect(why.body.reasons).toMatchObject([{ code: 'patient_busy' }]);
    const path = `/appointments/${half.id}/reschedule`;
    expect((await system.staff.post(path, { start: ahead(day, '09:30') })).status).toBe(409);

    await undone(mergeId);
    await clinic.book(wanted);
  });

  it('loses the mark when the merge is undone', async () => {
    const { other, mergeId } = await colliding();
    await undone(mergeId);
    const back = await read(other.id);
    expect(back).toMatchObject({ patientId: duplicate.id });
    expect(back).not.toHaveProperty('patientConflict');
  });

  it.each([
    ['is cancelled', (own: Followed) => clinic.becomes(own.id, 'cancelled')],
    ['was missed', (own: Followed) => clinic.becomes(own.id, 'noshow')],
    [
      'is moved',
      async (own: Followed) => {
        const path = `/appointments/${own.id}/reschedule`;
        const start = Temporal.Instant.from(own.start).add({ hours: 3 }).toString();
        expect((await system.staff.post(path, { start })).status).toBe(200);
      },
    ],
    [
      'is cancelled with its practitioner’s time',
      async (own: Followed) => {
        const path = `/appointments/practitioners/${own.practitionerId}/availability`;
        const closed = { timeZone: 'UTC', weekly: [], exceptions: [] };
        const reply = await system.staff.change('PUT', `${path}?conflicts=cancel`, 2, closed);
        expect(reply.status).toBe(200);
      },
    ],
  ])('has the patient’s time at once when the other %s', async (_, free) => {
    const { own, other } = await colliding();
    await free(own);
    const settled = await read(other.id);
    expect(settled).toMatchObject({ patientId: survivor.id, version: 3 });
    expect(settled).not.toHaveProperty('patientConflict');
    expect((await history(other.id)).at(-1)).toMatchObject({ by: 'system', what: { action: 'settled' } });
    const reply = await system.staff.post('/appointments', await visit(survivor.id, other.start));
    expect(reply.body.reasons).toMatchObject([{ code: 'patient_busy' }]);
  });

  it('can itself be moved, which makes it an ordinary one, or cancelled', async () => {
    const { other, day } = await colliding();
    const path = `/appointments/${other.id}/reschedule`;
    const moved = await system.staff.post(path, { start: ahead(day, '12:00') });
    expect(moved.status).toBe(200);
    expect(moved.body).not.toHaveProperty('patientConflict');
    const second = await colliding();
    await clinic.becomes(second.other.id, 'cancelled');
    expect(await read(second.other.id)).not.toHaveProperty('patientConflict');
  });

  it('goes before a hold of the survivor’s', async () => {
    await two();
    const start = ahead(aDay(), '09:00');
    const hold = await clinic.hold({ ...(await visit(survivor.id, start)), ttlSeconds: 900 });
    const { id } = await book(duplicate.id, start);
    await merged();
    expect(await read(id)).not.toHaveProperty('patientConflict');
    expect((await system.staff.get(`/appointments/holds/${hold.id}`)).status).toBe(404);
  });
});

it('leaves the survivor’s holds alone where its time is taken otherwise', async () => {
  await two();
  const day = aDay();
  const hour = await clinic.type({ minutes: 60 });
  const { id: practitionerId } = await clinic.practitioner([hour.id]);
  await book(survivor.id, ahead(day, '09:00'));
  const hold = await clinic.hold({ ...(await visit(survivor.id, ahead(day, '09:30'))), ttlSeconds: 900 });
  const start = ahead(day, '09:00');
  const { id } = await clinic.book({ typeId: hour.id, practitionerId, patientId: duplicate.id, start });
  await merged();
  expect(await read(id)).toMatchObject({ patientId: survivor.id, patientConflict: true });
  expect((await system.staff.get(`/appointments/holds/${hold.id}`)).status).toBe(200);
});

it('moves more than one transaction does at once, those that have the patient’s time first', async () => {
  await two();
  const day = aDay();
  const { id: practitionerId } = await clinic.practitioner([type.id]);
  const recurrence = { frequency: 'daily', count: 104 };
  const start = ahead(day, '17:00');
  await clinic.series({ typeId: type.id, practitionerId, patientId: duplicate.id, start, recurrence });
  const own = await book(survivor.id, start);
  const mergeId = await merged();
  const of = (id: string) =>
    query<{ count: number; marked: number }>(
      system.database.superuserUrl,
      `select count(*)::int, (count(*) filter (where patient_conflict))::int as marked
       from appointment.appointment where patient_id = $1`,
      [id],
    );
  expect(await of(survivor.id)).toEqual([{ count: 105, marked: 1 }]);
  await undone(mergeId);
  expect(await of(survivor.id)).toEqual([{ count: 1, marked: 0 }]);
  expect(await of(duplicate.id)).toEqual([{ count: 104, marked: 0 }]);
  expect(await read(own.id)).toEqual(own);
});

describe('what an earlier version of the service heard, which takes nothing along and knows no marks,', () => {
  const round = () => system.apps.appointment.get(FollowingRound).go();
  /** As it keeps what it is told. */
  const heard = (id: string, active: boolean, replacedBy: string | null) =>
    query(
      system.database.superuserUrl,
      'update appointment.patient set active = $2, replaced_by = $3, version = version + 1 where id = $1',
      [id, active, replacedBy],
    );

  it('is made up for by the next round, there and back', async () => {
    await two();
    const day = aDay();
    const { id } = await book(duplicate.id, ahead(day, '09:00'));
    const recurrence = { frequency: 'daily', count: 2 };
    const series = await clinic.series({ ...(await visit(duplicate.id, ahead(day, '11:00'))), recurrence });
    const patients = async () => {
      const { body } = await system.staff.get<Followed>(`/appointments/series/${series.id}`);
      return [(await read(id)).patientId, body.patientId];
    };
    await queuesAreEmpty(system.database);
    await heard(duplicate.id, false, survivor.id);
    await round();
    expect(await patients()).toEqual([survivor.id, survivor.id]);
    await heard(duplicate.id, true, null);
    await round();
    expect(await patients()).toEqual([duplicate.id, duplicate.id]);
    await query(system.database.superuserUrl, 'update appointment.patient set version = 1 where id = $1', [
      duplicate.id,
    ]);
  });

  it('and marks without claiming the patient, or after the collision is over, is made up for', async () => {
    await two();
    const start = ahead(aDay(), '09:00');
    const own = await book(survivor.id, start);
    const { id } = await book(duplicate.id, start);
    await merged();
    const { superuserUrl } = system.database;
    const claims = (table: string) =>
      query(
        superuserUrl,
        `select resource_id from appointment.${table} where owner_id = $1 and resource_kind = 'patient'`,
        [id],
      );
    await query(superuserUrl, 'delete from appointment.override_claim where owner_id = $1', [id]);
    await round();
    expect(await claims('override_claim')).toEqual([{ resource_id: survivor.id }]);
    expect(await read(id)).toMatchObject({ patientConflict: true, version: 2 });
    await query(superuserUrl, 'delete from appointment.claim where owner_id = $1', [own.id]);
    await query(superuserUrl, "update appointment.appointment set status = 'cancelled' where id = $1", [
      own.id,
    ]);
    await round();
    expect(await read(id)).not.toHaveProperty('patientConflict');
    expect([await claims('override_claim'), await claims('claim')]).toEqual([
      [],
      [{ resource_id: survivor.id }],
    ]);
  });

  it('leaves no time with what it cancelled', async () => {
    await two();
    const start = ahead(aDay(), '09:00');
    const own = await book(survivor.id, start);
    const other = await book(duplicate.id, start);
    await merged();
    await clinic.becomes(other.id, 'cancelled');
    const { superuserUrl } = system.database;
    const mark = (isMarked: boolean) =>
      query(superuserUrl, 'update appointment.appointment set patient_conflict = $2 where id = $1', [
        other.id,
        isMarked,
      ]);
    await mark(true);
    await clinic.becomes(own.id, 'cancelled');
    await book(survivor.id, start);
    await mark(false);
  });
});

it('follows along a chain of merges and back', async () => {
  await two();
  const last = await clinic.patient();
  const { id } = await book(duplicate.id, ahead(aDay(), '09:00'));
  const inner = await merged();
  const outer = (await merge(system.staff, last.id, survivor.id)).body.id;
  await queuesAreEmpty(system.database);
  expect((await read(id)).patientId).toBe(last.id);
  await undone(outer);
  expect((await read(id)).patientId).toBe(survivor.id);
  await undone(inner);
  expect((await read(id)).patientId).toBe(duplicate.id);
});

it('what was booked against the rules follows and may overlap', async () => {
  await two();
  const start = ahead(aDay(), '09:00');
  const { id } = await book(duplicate.id, start, { override: { reason: 'Urgent' } });
  await book(survivor.id, start);
  await merged();
  const followed = await read(id);
  expect(followed.patientId).toBe(survivor.id);
  expect(followed).not.toHaveProperty('patientConflict');
});
