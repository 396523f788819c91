import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Clinic } from '../harness/clinic.ts';
import { expectProblem, type Problem } from '../harness/problem.ts';
import { startSystem, type System } from '../harness/system.ts';

let system: System;
let clinic: Clinic;

beforeAll(async () => {
  system = await startSystem();
  clinic = new Clinic(system.staff);
});
afterAll(() => system.stop());

describe('a path', () => {
  it.each(['/patients/', '/patients/a/b', '/Patients/x', '/patients/health/LIVE', '/appointments/rooms/'])(
    'that nothing answers is not found: %s',
    async (path) => {
      const reply = await system.staff.get<Problem>(path);
      expect([reply.status, reply.body.code]).toEqual([404, 'not_found']);
    },
  );

  it.each([
    'nope',
    '1',
    'null',
    '%00',
    '%ZZ',
    '0'.repeat(2000),
    '01935a3e5b7c7abc8def0123456789ab',
    '..%2f..',
  ])('with an id of another form names nothing: %.40s', async (id) => {
    for (const collection of ['/patients', '/appointments', '/appointments/rooms']) {
      const path = `${collection}/${id}`;
      expectProblem(await system.staff.get(path), 404, 'not_found', path);
    }
  });

  it('with an id that nobody has names nothing', async () => {
    const path = '/patients/01935a3e-5b7c-7abc-8def-0123456789ab';
    expectProblem(await system.staff.get(path), 404, 'not_found', path);
    expectProblem(await system.staff.change('PATCH', path, 1, {}), 404, 'not_found', path);
  });

  it('answers an id in upper case as in lower', async () => {
    const { id } = await clinic.patient();
    expect((await system.staff.get(`/patients/${id.toUpperCase()}`)).body.id).toBe(id);
  });

  it.each([
    ['DELETE', '/patients', 'GET, HEAD, POST'],
    ['PUT', '/patients/01935a3e-5b7c-7abc-8def-0123456789ab', 'GET, HEAD, PATCH'],
    ['DELETE', '/patients/01935a3e-5b7c-7abc-8def-0123456789ab', 'GET, HEAD, PATCH'],
    ['POST', '/appointments/slots', 'GET, HEAD'],
    ['PATCH', '/appointments/practitioners/x/availability', 'GET, HEAD, PUT'],
    ['OPTIONS', '/appointments/rooms', 'GET, HEAD, POST'],
    ['POST', '/patients/health/live', 'GET, HEAD'],
  ])('knows its methods and says them: %s %s', async (method, path, allow) => {
    const reply = await system.staff.send(method, path);
    expectProblem(reply, 405, 'method_not_allowed', path);
    expect(reply.headers.get('allow')).toBe(allow);
  });

  it('answers HEAD as GET without the body', async () => {
    const { id } = await clinic.patient();
    const { authorization } = { authorization: `Bearer ${system.staff.token ?? ''}` };
    const [reply, whole] = await Promise.all(
      ['HEAD', 'GET'].map((method) =>
        fetch(`${system.url}/patients/${id}`, { method, headers: { authorization } }),
      ),
    );
    expect([reply?.status, reply?.headers.get('etag'), await reply?.text()]).toEqual([200, '"1"', '']);
    expect(Number(reply?.headers.get('content-length'))).toBe(Buffer.byteLength((await whole?.text()) ?? ''));
  });
});

describe('the security headers', () => {
  it.each([
    ['GET', '/patients', 200],
    ['HEAD', '/patients', 200],
    ['GET', '/appointments/a/b', 404],
    ['DELETE', '/patients', 405],
    ['GET', '/patients/health/live', 200],
    ['GET', '/appointments/docs', 200],
    ['GET', '/patients/openapi.json', 200],
  ])('are on every answer of the application: %s %s', async (method, path, expected) => {
    const { status, headers } = await system.staff.send(method, path);
    expect(status).toBe(expected);
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-security-policy': expect.stringContaining("default-src 'none'"),
      'strict-transport-security': expect.stringContaining('max-age='),
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'SAMEORIGIN',
    });
    // The docs page needs its opener.
    expect(headers.has('cross-origin-opener-policy')).toBe(false);
  });
});

describe('X-Request-Id', () => {
  const requestId = async (path: string, given?: string) =>
    (await system.staff.get(path, given === undefined ? {} : { 'x-request-id': given })).headers.get(
      'x-request-id',
    );

  it.each([
    '/patients',
    '/patients/health/live',
    '/patients/a/b',
    '/patients/%ZZ',
    '/patients/docs',
    '/patients/openapi.json',
  ])('is answered as it came: %s', async (path) => {
    expect(await requestId(path, 'Abc.9_-')).toBe('Abc.9_-');
    expect(await requestId(path, 'x'.repeat(128))).toBe('x'.repeat(128));
  });

  it.each(['', 'a b', 'a/b', 'a,b', 'é', 'x'.repeat(129)])(
    'is replaced when it is not well formed: %j',
    async (given) => {
      expect(await requestId('/patients', given)).toMatch(/^[\da-f-]{36}$/);
    },
  );

  it('is made when there is none, another every time', async () => {
    expect(await requestId('/patients')).not.toBe(await requestId('/patients'));
  });
});
