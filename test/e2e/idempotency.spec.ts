import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ahead, Clinic, type Resource } from '../harness/clinic.ts';
import { startSystem, type System } from '../harness/system.ts';

interface Answer {
  status: number;
  text: string;
  location: string | null;
  contentType: string | null;
  etag: string | null;
  replayed: string | null;
}

let system: System;
let clinic: Clinic;
let [type, practitioner]: Resource[] = [];

beforeAll(async () => {
  system = await startSystem();
  clinic = new Clinic(system.staff);
  type = await clinic.type();
  practitioner = await clinic.practitioner([type.id]);
});
afterAll(() => system.stop());

const patient = { name: [{ family: 'Sample' }], birthDate: '1980-01-31' };

async function send(
  path: string,
  body: unknown,
  key: string,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(system.url + path, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${system.staff.token ?? ''}`,
      'content-type': 'application/json',
      'idempotency-key': key,
      ...headers,
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return {
    status: response.status,
    text: await response.text(),
    location: response.headers.get('location'),
    contentType: response.headers.get('content-type'),
    etag: response.headers.get('etag'),
    replayed: response.headers.get('idempotency-replayed'),
  };
}

async function booking(time: string): Promise<object> {
  const { id: patientId } = await clinic.patient();
  return { typeId: type?.id, practitionerId: practitioner?.id, patientId, start: ahead(4, time) };
}

const codeOf = ({ text }: Answer) => (JSON.parse(text) as { code?: string }).code;

describe('a request that is sent again with its key is answered as before, and done once', () => {
  /** Sends twice and checks that the second answer is the first. */
  async function answeredTwice(path: string, body: unknown): Promise<Answer> {
    const key = randomUUID();
    const first = await send(path, body, key);
    expect(first.replayed).toBeNull();
    expect(await send(path, body, key)).toEqual({ ...first, replayed: 'true' });
    return first;
  }

  it('when it created something', async () => {
    const { status, location } = await answeredTwice('/patients', patient);
    expect([status, location]).toEqual([201, expect.stringMatching(/^\/patients\//)]);
    const body = await booking('08:00');
    expect((await answeredTwice('/appointments', body)).status).toBe(201);
  });

  it('when it changed something', async () => {
    const { id } = await clinic.book(await booking('08:30'));
    expect((await answeredTwice(`/appointments/${id}/status`, { status: 'arrived' })).status).toBe(200);
    expect((await system.staff.get(`/appointments/${id}`)).body.version).toBe(2);
  });

  it('when the time was taken (409), although it is free by now', async () => {
    const { id } = await clinic.book(await booking('09:00'));
    const [key, body] = [randomUUID(), await booking('09:00')];
    const refused = await send('/appointments', body, key);
    expect([refused.status, codeOf(refused)]).toEqual([409, 'slot_taken']);
    await system.staff.post(`/appointments/${id}/status`, { status: 'cancelled' });
    expect(await send('/appointments', body, key)).toEqual({ ...refused, replayed: 'true' });
    expect((await send('/appointments', body, randomUUID())).status).toBe(201);
  });

  it('when the rules refused it (422)', async () => {
    const refused = await answeredTwice('/appointments', await booking('09:10'));
    expect([refused.status, codeOf(refused)]).toEqual([422, 'not_bookable']);
    expect(refused.contentType).toBe('application/problem+json; charset=utf-8');
  });

  it('when there was nothing (404)', async () => {
    const path = '/appointments/01935a3e-5b7c-7abc-8def-0123456789ab/status';
    expect((await answeredTwice(path, { status: 'arrived' })).status).toBe(404);
  });

  it('when it is written in another order and with other white space', async () => {
    const key = randomUUID();
    const first = await send('/patients', patient, key);
    const reordered = `{ "birthDate" : "1980-01-31",\n "name" : [ { "family" : "Sample" } ] }`;
    expect(await send('/patients', reordered, key)).toEqual({ ...first, replayed: 'true' });
  });

  it('when many come at once', async () => {
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 8 }, () => send('/patients', patient, key)));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(answers.filter(({ replayed }) => replayed === 'true')).toHaveLength(7);
  });
});

describe('a key that was used is refused (422)', () => {
  it.each([
    ['with another body', '/appointments/rooms', { name: 'Other' }],
    ['with one member more', '/appointments/rooms', { name: 'Room', active: true }],
    ['on another path', '/appointments/practitioners', { name: 'Room' }],
  ])('%s', async (_, path, body) => {
    const key = randomUUID();
    await send('/appointments/rooms', { name: 'Room' }, key);
    const reused = await send(path, body, key);
    expect([reused.status, codeOf(reused), reused.replayed]).toEqual([422, 'idempotency_key_reused', null]);
  });
});

describe('a key', () => {
  it('belongs to its caller', async () => {
    const key = randomUUID();
    const mine = await send('/patients', patient, key);
    const authorization = `Bearer ${await system.issuer.token({ subject: 'someone-else' })}`;
    const theirs = await send('/patients', patient, key, { authorization });
    expect([theirs.status, theirs.replayed]).toEqual([201, null]);
    expect(theirs.location).not.toBe(mine.location);
  });

  it('changes nothing for a body nested too deeply to be digested', async () => {
    const nested = `{"name":${'['.repeat(40_000)}${']'.repeat(40_000)}}`;
    expect((await send('/patients', nested, randomUUID())).status).toBe(400);
  });

  it('is still new after 400, 401, 403, 413 and 415', async () => {
    const key = randomUUID();
    const narrow = `Bearer ${await system.issuer.token({ scopes: ['patients.read'] })}`;
    const refused = [
      await send('/patients', {}, key),
      await send('/patients', { ...patient, birthDate: '2999-01-01' }, key),
      await send('/patients', '{', key),
      await send('/patients', patient, key, { authorization: 'Bearer a.b.c' }),
      await send('/patients', patient, key, { authorization: narrow }),
      await send('/patients', 'a'.repeat(200_000), key),
      await send('/patients', patient, key, { 'content-type': 'text/plain' }),
    ];
    expect(refused.map(({ status }) => status)).toEqual([400, 400, 400, 401, 403, 413, 415]);
    const made = await send('/patients', patient, key);
    expect([made.status, made.replayed]).toEqual([201, null]);
  });

  it.each(['', 'a b', 'é', 'x'.repeat(256), 'a\tb'])(
    'has 1 to 255 visible ASCII characters, not %j',
    async (key) => {
      const { status, text } = await send('/patients', patient, key);
      expect([status, text]).toEqual([400, expect.stringContaining('Idempotency-Key')]);
    },
  );

  it.each(['!', '~'.repeat(255), `"${randomUUID()}"`])('may be %s', async (key) => {
    expect((await send('/patients', patient, key)).status).toBe(201);
  });

  it('that is absent makes every request its own', async () => {
    const ids = [await clinic.room(), await clinic.room()].map(({ id }) => id);
    expect(new Set(ids).size).toBe(2);
  });
});
