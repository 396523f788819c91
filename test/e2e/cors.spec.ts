import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { expectProblem } from '../harness/problem.ts';
import { startSystem, type System } from '../harness/system.ts';

const page = 'https://app.example';
const preflight = (origin: string) => ({
  origin,
  'access-control-request-method': 'PATCH',
  'access-control-request-headers': 'authorization, content-type, if-match',
});

const accessControl = ({ headers }: { headers: Headers }): string[] =>
  [...headers.keys()].filter((name) => name.startsWith('access-control-'));

const paths = [
  '/patients',
  '/patients/health/live',
  '/patients/openapi.json',
  '/appointments/rooms',
  '/patients/a/b',
];

describe('without CORS_ORIGINS', () => {
  let system: System;
  beforeAll(async () => {
    system = await startSystem();
  });
  afterAll(() => system.stop());

  it.each(paths)('no answer says anything of other origins: %s', async (path) => {
    for (const origin of [page, 'null', system.url])
      expect(accessControl(await system.staff.get(path, { origin }))).toEqual([]);
  });

  it('a preflight is a method that the path does not know', async () => {
    const reply = await system.staff.send('OPTIONS', '/patients', undefined, preflight(page));
    expectProblem(reply, 405, 'method_not_allowed', '/patients');
    expect([accessControl(reply), reply.headers.get('allow')]).toEqual([[], 'GET, HEAD, POST']);
  });
});

describe('with CORS_ORIGINS', () => {
  let system: System;
  beforeAll(async () => {
    system = await startSystem({ CORS_ORIGINS: `${page},http://localhost:5173` });
  });
  afterAll(() => system.stop());

  it.each([page, 'http://localhost:5173'])(
    'pages of a listed origin may read the answers: %s',
    async (origin) => {
      const reply = await system.staff.get('/patients', { origin });
      expect([reply.status, reply.headers.get('access-control-allow-origin')]).toEqual([200, origin]);
      expect(reply.headers.get('access-control-allow-credentials')).toBeNull();
      expect(reply.headers.get('access-control-expose-headers')).toMatch(/\bETag\b.*\bLocation\b/);
      expect(reply.headers.get('vary')).toMatch(/\bOrigin\b/);
    },
  );

  it('they may read refusals too', async () => {
    const reply = await system.staff.get('/patients/nobody', { origin: page });
    expect([reply.status, reply.headers.get('access-control-allow-origin')]).toEqual([404, page]);
  });

  it('their preflight is told what the path knows, without a token', async () => {
    const { id } = (await system.staff.post<{ id: string }>('/appointments/rooms', { name: 'Room' })).body;
    const reply = await fetch(`${system.url}/appointments/rooms/${id}`, {
      method: 'OPTIONS',
      headers: preflight(page),
    });
    expect(reply.status).toBe(204);
    expect(Object.fromEntries(reply.headers)).toMatchObject({
      'access-control-allow-origin': page,
      'access-control-allow-methods': 'GET, HEAD, PATCH',
      'access-control-allow-headers': expect.stringMatching(/Authorization.*If-Match/),
      'access-control-max-age': '600',
    });
  });

  it.each([
    ...[
      'https://evil.example',
      'https://app.example.evil.example',
      'https://evilapp.example',
      'http://app.example',
    ],
    ...['https://app.example:8443', 'https://APP.example', 'null', 'http://localhost', '*', ''],
  ])('any other origin is answered as without: %s', async (origin) => {
    const reply = await system.staff.get('/patients', { origin });
    expect([reply.status, accessControl(reply)]).toEqual([200, []]);
    expect(reply.headers.get('vary')).toMatch(/\bOrigin\b/);
    const asked = await system.staff.send('OPTIONS', '/patients', undefined, preflight(origin));
    expect([asked.status, accessControl(asked)]).toEqual([405, []]);
  });

  it('neither a preflight for an unknown path nor a plain OPTIONS is answered as one', async () => {
    expect((await system.staff.send('OPTIONS', '/patients/a/b', undefined, preflight(page))).status).toBe(
      404,
    );
    expect((await system.staff.send('OPTIONS', '/patients', undefined, { origin: page })).status).toBe(405);
  });
});
