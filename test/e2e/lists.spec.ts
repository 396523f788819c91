import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ahead, Clinic } from '../harness/clinic.ts';
import { startSystem, type System } from '../harness/system.ts';

interface Page {
  items: { id: string; start?: string }[];
  nextCursor: string | null;
}

let system: System;
let clinic: Clinic;

beforeAll(async () => {
  system = await startSystem();
  clinic = new Clinic(system.staff);
});
afterAll(() => system.stop());

async function page(path: string, query: Record<string, string | number>): Promise<Page> {
  const text = new URLSearchParams(
    Object.entries(query).map(([name, value]) => [name, String(value)]),
  ).toString();
  const { status, body } = await system.staff.get<Page>(`${path}?${text}`);
  expect(status).toBe(200);
  return body;
}

/** Every id of a list, page by page, with something happening after each page. */
async function walk(
  path: string,
  limit: number,
  between: () => Promise<unknown>,
  filter = {},
): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const { items, nextCursor } = await page(path, { ...filter, limit, ...(cursor && { cursor }) });
    ids.push(...items.map(({ id }) => id));
    cursor = nextCursor;
    if (cursor !== null) await between();
  }
  return ids;
}

describe('a list', () => {
  it('of patients has each once, newest first, while others register', async () => {
    const before = [];
    for (let made = 0; made < 5; made += 1) before.push((await clinic.patient()).id);
    expect(await walk('/patients', 2, () => clinic.patient())).toEqual(before.toReversed());
  });

  it.each([
    ['/appointments/rooms', () => clinic.room()],
    ['/appointments/types', () => clinic.type()],
    ['/appointments/practitioners', () => clinic.practitioner([])],
  ])('of %s has each once, in the order they were made, while others are added', async (path, make) => {
    const before = [];
    for (let made = 0; made < 3; made += 1) before.push((await make()).id);
    let added = 0;
    const ids = await walk(path, 2, async () => added++ < 2 && make());
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.slice(0, before.length)).toEqual(before);
  });

  it('of appointments is in order of start, then id, and keeps its place while others are booked before and after', async () => {
    const type = await clinic.type();
    const practitioners = [await clinic.practitioner([type.id]), await clinic.practitioner([type.id])];
    const patient = async () => (await clinic.patient()).id;
    const book = async (practitioner: number, time: string) =>
      clinic.book({
        typeId: type.id,
        practitionerId: practitioners[practitioner]?.id,
        patientId: await patient(),
        start: ahead(3, time),
      });
    const nine = [await book(0, '09:00'), await book(1, '09:00')].map(({ id }) => id).sort();
    const ten = await book(0, '10:00');
    const eleven = await book(1, '11:00');
    const times = ['08:00', '12:00', '07:00', '13:00'];
    const ids = await walk('/appointments', 2, () => book(0, times.shift() ?? ''), {
      from: ahead(3, '08:30'),
    });
    expect(ids.slice(0, 4)).toEqual([...nine, ten.id, eleven.id]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('holds 50 unless told otherwise, and at most 200', async () => {
    const { items } = await page('/patients', {});
    expect(items.length).toBeLessThanOrEqual(50);
    expect((await page('/patients', { limit: 1 })).items).toHaveLength(1);
    expect((await page('/patients', { limit: 200 })).nextCursor).toBeNull();
  });
});

describe('a query is refused', () => {
  it.each([
    'limit=0',
    'limit=201',
    'limit=-1',
    'limit=1.5',
    'limit=1e1',
    'limit=ten',
    'limit=',
    'limit=%201',
    'limit=1&limit=1',
    'cursor=',
    'cursor=abc',
    'cursor=W10',
    'cursor=%00',
    'cursor=a&cursor=b',
    'unknown=1',
    'Limit=1',
    'limit[]=1',
    'toString=1',
    '__proto__=1',
  ])('with %s', async (query) => {
    for (const path of ['/patients', '/appointments', '/appointments/rooms']) {
      const { status, body } = await system.staff.get(`${path}?${query}`);
      expect([path, status, body.code]).toEqual([path, 400, 'validation_failed']);
      const name = decodeURIComponent(query.split('=')[0] ?? '');
      expect((body.errors as { path: string }[])[0]?.path).toBe(name);
    }
  });

  it('with the cursor of another list', async () => {
    const { nextCursor } = await page('/appointments', { limit: 1 });
    for (const path of ['/patients', '/appointments/rooms'])
      expect((await system.staff.get(`${path}?cursor=${nextCursor ?? ''}`)).status).toBe(400);
    const ofRooms = (await page('/appointments/rooms', { limit: 1 })).nextCursor ?? '';
    expect((await system.staff.get(`/appointments?cursor=${ofRooms}`)).status).toBe(400);
  });

  it('when the path knows none', async () => {
    const { id } = await clinic.room();
    for (const path of [`/appointments/rooms/${id}?x=1`, '/patients/health/live?x=1'])
      expect((await system.staff.get(path)).status).toBe(400);
    expect((await system.staff.post('/appointments/rooms?x=1', { name: 'Room' })).status).toBe(400);
  });

  it('for everything that is wrong with it at once', async () => {
    const { body } = await system.staff.get(
      '/appointments?limit=0&status=gone&patientId=x&from=today&colour=red',
    );
    expect((body.errors as { path: string }[]).map(({ path }) => path).sort()).toEqual(
      ['colour', 'from', 'limit', 'patientId', 'status'].sort(),
    );
  });
});
