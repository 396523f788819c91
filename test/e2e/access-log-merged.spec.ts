import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { AccessLogEntryDto, Page } from '#contracts';
import { Clinic } from '../harness/clinic.ts';
import type { Client } from '../harness/client.ts';
import { merge, undo } from '../harness/merges.ts';
import { startSystem, type System } from '../harness/system.ts';

let system: System;
let clinic: Clinic;
/** The first was merged into the second, and that one into the third. */
let chain: [first: string, second: string, third: string];
let undoFirst: () => Promise<void>;

beforeAll(async () => {
  system = await startSystem();
  clinic = new Clinic(system.staff);
});
beforeEach(async () => {
  const ids = [
    (await clinic.patient()).id,
    (await clinic.patient()).id,
    (await clinic.patient()).id,
  ] as const;
  chain = [...ids];
  const [first, second, third] = ids;
  for (const id of ids) await see(system.staff, id, 'before');
  const merges = [await merge(system.staff, second, first), await merge(system.staff, third, second)];
  expect(merges.map(({ status }) => status)).toEqual([201, 201]);
  for (const id of ids) await see(system.staff, id, 'after');
  undoFirst = async () => {
    for (const { body } of merges.reverse()) expect((await undo(system.staff, body.id)).status).toBe(200);
  };
});
afterAll(() => system.stop());

async function see(client: Client, id: string, requestId: string): Promise<void> {
  await client.get(`/patients/${id}`, { 'x-request-id': requestId });
}

async function page(client: Client, id: string, query = ''): Promise<Page<AccessLogEntryDto>> {
  const { status, body } = await client.get<Page<AccessLogEntryDto>>(`/patients/${id}/access-log${query}`);
  expect(status).toBe(200);
  return body;
}

/** Which looks at which records a log tells of; of its own record without an id. */
async function looks(id: string): Promise<string[]> {
  const { items } = await page(system.staff, id, '?limit=200');
  const seen = items.filter(({ route }) => route === 'GET /patients/:id');
  return seen.map(({ requestId, record }) => `${requestId} ${record ?? ''}`);
}

describe('the log of a record that others were merged into', () => {
  it('tells of those too, newest first, until the merge is undone', async () => {
    const [first, second, third] = chain;
    expect(await looks(third)).toEqual([
      // Who sees a record that is merged away sees of which one it is a part: the look is about both.
      ...['after ', 'after ', `after ${second}`, `after ${second}`, `after ${first}`],
      ...['before ', `before ${second}`, `before ${first}`],
    ]);
    const ofSecond = ['after ', 'after ', `after ${first}`, 'before ', `before ${first}`];
    expect(await looks(second)).toEqual(ofSecond);
    expect(await looks(first)).toEqual(['after ', 'before ']);
    await undoFirst();
    expect(await looks(third)).toEqual(['after ', 'after ', 'before ']);
    expect(await looks(second)).toEqual(['after ', 'after ', 'before ']);
    expect(await looks(first)).toEqual(['after ', 'before ']);
  });

  it('is read page by page, each row once', async () => {
    const [, , third] = chain;
    const whole = (await page(system.staff, third)).items;
    const read: AccessLogEntryDto[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { items, nextCursor }: Page<AccessLogEntryDto> = await page(
        system.staff,
        third,
        `?limit=2${cursor && `&cursor=${cursor}`}`,
      );
      read.push(...items);
      cursor = nextCursor;
    }
    // What reads it is told by it as well.
    const isRead = ({ route }: AccessLogEntryDto) => route === 'GET /patients/:id';
    expect(read.filter(isRead)).toEqual(whole.filter(isRead));
    expect(read.filter(({ action }) => action === 'merge')).toHaveLength(4);
  });
});

describe('a patient’s own token', () => {
  const as = (patientId: string, subject: string) => system.as({ patientId, subject });

  it('is told as the patient’s, whichever of the merged records it is of, and as another’s afterwards', async () => {
    const [first, , third] = chain;
    const byFirst = await as(first, 'the-first');
    await see(byFirst, third, 'own');
    const own = async (client: Client) =>
      (await page(client, third)).items.filter(({ requestId }) => requestId === 'own');
    const told = [{ by: 'the-first', byPatient: true, status: 200 }];
    expect(await own(system.staff)).toMatchObject(told);
    expect(await own(await as(third, 'the-third'))).toMatchObject(told);
    await undoFirst();
    const [toPatient] = await own(await as(third, 'the-third'));
    expect([toPatient?.by, toPatient?.byPatient]).toEqual(['another patient', undefined]);
    const [toStaff] = await own(system.staff);
    expect([toStaff?.by, toStaff?.byPatient]).toEqual(['the-first', undefined]);
  });

  it('is never told to another patient; that of staff is', async () => {
    const [, , third] = chain;
    await see(await as((await clinic.patient()).id, 'a-stranger'), third, 'stranger');
    const { items } = await page(await as(third, 'the-third'), third);
    expect(items.find(({ requestId }) => requestId === 'stranger')).toMatchObject({
      ...{ by: 'another patient', status: 403 },
    });
    expect(JSON.stringify(items)).not.toContain('a-stranger');
    expect(items.find(({ requestId }) => requestId === 'after')).toMatchObject({ by: 'local-user' });
  });
});
