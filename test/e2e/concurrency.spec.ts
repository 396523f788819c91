import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Clinic, type Resource } from '../harness/clinic.ts';
import { startSystem, type System } from '../harness/system.ts';

let system: System;
let clinic: Clinic;

beforeAll(async () => {
  system = await startSystem();
  clinic = new Clinic(system.staff);
});
afterAll(() => system.stop());

const mergePatch = 'application/merge-patch+json';

function patch(path: string, body: unknown, ifMatch?: string, contentType = 'application/json') {
  return system.staff.send('PATCH', path, body, {
    'content-type': contentType,
    ...(ifMatch !== undefined && { 'if-match': ifMatch }),
  });
}

describe('a representation', () => {
  it('is created with 201, its Location and its ETag, and found there', async () => {
    const bodies: [string, object][] = [
      ['/patients', { name: [{ family: 'Sample' }], birthDate: '1980-01-31' }],
      ['/appointments/types', { name: 'Visit', minutes: 20 }],
      ['/appointments/rooms', { name: 'Room' }],
      ['/appointments/practitioners', { name: 'Dr Example' }],
    ];
    for (const [path, body] of bodies) {
      const created = await system.staff.post<Resource>(path, body);
      expect([created.status, created.headers.get('etag'), created.body.version]).toEqual([201, '"1"', 1]);
      expect(created.body.id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
      const found = await system.staff.get(created.headers.get('location') ?? '');
      expect([found.status, found.headers.get('etag')]).toEqual([200, '"1"']);
      expect(found.body).toEqual(created.body);
    }
  });

  it.each(['"1"', 'W/"1"', '"7", "1"', '*'])(
    'that the client has already is not sent again: %s',
    async (tag) => {
      const { id } = await clinic.room();
      const reply = await system.staff.get(`/appointments/rooms/${id}`, { 'if-none-match': tag });
      expect([reply.status, reply.headers.get('etag'), reply.body]).toEqual([304, '"1"', '']);
    },
  );

  it.each(['"2"', 'W/"2"', '1', ''])('is sent when the client has another: %s', async (tag) => {
    const { id } = await clinic.room();
    expect((await system.staff.get(`/appointments/rooms/${id}`, { 'if-none-match': tag })).status).toBe(200);
  });

  it('has no If-None-Match for changes', async () => {
    const { id } = await clinic.room();
    const headers = { 'if-match': '"1"', 'if-none-match': '"2"' };
    expect((await system.staff.send('PATCH', `/appointments/rooms/${id}`, {}, headers)).status).toBe(200);
  });
});

describe('a change', () => {
  const kinds: [string, () => Promise<Resource>, string][] = [
    ['/patients', () => clinic.patient(), ''],
    ['/appointments/types', () => clinic.type(), ''],
    ['/appointments/rooms', () => clinic.room(), ''],
    ['/appointments/practitioners', () => clinic.practitioner([]), ''],
  ];

  it.each(kinds)(
    'below %s needs If-Match, refuses a stale one and counts versions',
    async (collection, make) => {
      const path = `${collection}/${(await make()).id}`;
      const without = await patch(path, { active: false });
      expect([without.status, without.body.code]).toEqual([428, 'precondition_required']);
      const first = await patch(path, { active: false }, '"1"');
      expect([first.status, first.headers.get('etag'), first.body.version, first.body.active]).toEqual([
        200,
        '"2"',
        2,
        false,
      ]);
      const stale = await patch(path, { active: true }, '"1"');
      expect([stale.status, stale.body.code]).toEqual([412, 'precondition_failed']);
      expect((await system.staff.get(path)).body).toEqual(first.body);
    },
  );

  it('of a practitioner who is not there, or is another by now, is not asked about its types', async () => {
    const { id } = await clinic.practitioner([]);
    const change = { typeIds: [randomUUIDv7()] };
    const outcomes = [
      await patch(`/appointments/practitioners/${randomUUIDv7()}`, change, '"1"'),
      await patch(`/appointments/practitioners/${id}`, change, '"2"'),
      await patch(`/appointments/practitioners/${id}`, change, '"1"'),
    ].map(({ body }) => body.code);
    expect(outcomes).toEqual(['not_found', 'precondition_failed', 'type_unknown']);
    expect((await system.staff.get(`/appointments/practitioners/${id}`)).body).toMatchObject({
      version: 1,
      typeIds: [],
    });
  });

  it('of availability is held to the same', async () => {
    const { id } = await clinic.practitioner([]);
    const path = `/appointments/practitioners/${id}/availability`;
    const body = { timeZone: 'Europe/London', weekly: [], exceptions: [] };
    expect((await system.staff.send('PUT', path, body)).status).toBe(428);
    expect((await system.staff.change('PUT', path, 1, body)).status).toBe(412);
    expect((await system.staff.change('PUT', path, 2, body)).status).toBe(200);
    expect((await system.staff.get(path)).headers.get('etag')).toBe('"3"');
  });

  it.each([
    ['any', '*', 200],
    ['one of several', '"9", "1"', 200],
    ['a weak tag, which promises too little', 'W/"1"', 412],
    ['another', '"2"', 412],
    ['no tag', '1', 400],
    ['half a tag', '"1', 400],
    ['nothing', '', 400],
  ])('from %s: If-Match %s', async (_, ifMatch, status) => {
    const { id } = await clinic.room();
    expect((await patch(`/appointments/rooms/${id}`, {}, ifMatch)).status).toBe(status);
  });

  it('of the same version by many at once is made by one', async () => {
    const { id } = await clinic.room();
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    const replies = await Promise.all(
      names.map((name) => patch(`/appointments/rooms/${id}`, { name }, '"1"')),
    );
    expect(replies.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(7).fill(412)]);
  });
});

describe.each(['application/json', mergePatch])('a merge patch sent as %s', (contentType) => {
  it('replaces lists whole, removes by null and keeps the rest', async () => {
    const { id } = await clinic.patient({
      birthDate: '1980-01-31',
      telecom: [{ system: 'email', value: 'A@example.org' }],
      communication: ['en', 'cy'],
      gender: 'female',
      deceased: false,
    });
    const change = { telecom: null, communication: ['fr'], deceased: null, gender: null };
    const { status, body } = await patch(`/patients/${id}`, change, '"1"', contentType);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      telecom: [],
      communication: ['fr'],
      gender: 'unknown',
      birthDate: '1980-01-31',
    });
    expect(body).not.toHaveProperty('deceased');
    expect((await system.staff.get(`/patients/${id}`)).body).toEqual(body);
  });

  it('removes nothing that is required, and reaches nothing that the service gives out', async () => {
    const { id } = await clinic.patient();
    const change = { name: null, birthDate: null, id: null, mrn: '1', version: 9, createdAt: null };
    const { status, body } = await patch(`/patients/${id}`, change, '"1"', contentType);
    expect(status).toBe(400);
    expect((body.errors as { path: string }[]).map(({ path }) => path).sort()).toEqual(
      Object.keys(change).sort(),
    );
  });

  it.each(['[]', 'null', '"a"'])('is an object, not %s', async (body) => {
    const { id } = await clinic.patient();
    expect((await patch(`/patients/${id}`, body, '"1"', contentType)).status).toBe(400);
  });
});
