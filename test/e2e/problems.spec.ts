import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ahead, Clinic } from '../harness/clinic.ts';
import type { Reply } from '../harness/client.ts';
import { startSystem, type System } from '../harness/system.ts';

interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  code: string;
  errors?: { path: string; message: string }[];
}

let system: System;
let clinic: Clinic;

beforeAll(async () => {
  system = await startSystem();
  clinic = new Clinic(system.staff);
});
afterAll(() => system.stop());

/** That a reply is a problem document (RFC 9457) with this status and code, in full. */
function expectProblem(reply: Reply<unknown>, status: number, code: string, path: string): Problem {
  expect([reply.status, (reply.body as Problem).code]).toEqual([status, code]);
  expect(reply.headers.get('content-type')).toMatch(/^application\/problem\+json\b/);
  expect(reply.headers.get('x-request-id')).toBeTruthy();
  expect(reply.body).toMatchObject({
    type: expect.stringMatching(/^\w+:/),
    title: expect.stringMatching(/\S/),
    status,
    detail: expect.stringMatching(/\S/),
    instance: path,
  });
  return reply.body as Problem;
}

const raw = (method: string, path: string, body: string, headers: Record<string, string> = {}) =>
  system.staff.send(method, path, body, { 'content-type': 'application/json', ...headers });

describe('a body', () => {
  it.each([
    ['{"name":'],
    ['{name: 1}'],
    ["{'a': 1}"],
    ['['.repeat(50_000)],
    ['{} {}'],
    ['undefined'],
    ['\ufffe'],
  ])('that is no JSON is malformed: %s', async (body) => {
    expectProblem(await raw('POST', '/patients', body), 400, 'malformed_json', '/patients');
  });

  it('that is not what its Content-Encoding says is malformed', async () => {
    const reply = await raw('POST', '/patients', '{}', { 'content-encoding': 'gzip' });
    expectProblem(reply, 400, 'malformed_json', '/patients');
  });

  it.each(['[]', 'null', '"text"', '1', '', '{"a":'.repeat(10_000) + '1' + '}'.repeat(10_000)])(
    'that is no object of the right kind is not valid: %.20s',
    async (body) => {
      expectProblem(await raw('POST', '/patients', body), 400, 'validation_failed', '/patients');
    },
  );

  it('is told everything that is wrong with it at once', async () => {
    const body = {
      name: [{ family: '', given: [1] }, { use: 'stage' }],
      birthDate: '1980-02-30',
      gender: 'm',
      nickname: 'Sam',
      telecom: [{ system: 'phone' }],
    };
    const { errors = [] } = expectProblem(
      await system.staff.post('/patients', body),
      400,
      'validation_failed',
      '/patients',
    );
    expect(new Set(errors.map(({ path }) => path))).toEqual(
      new Set([
        'nickname',
        'name.0.family',
        'name.0.given',
        'name.1.use',
        'name.1.family',
        'birthDate',
        'gender',
        'telecom.0.value',
      ]),
    );
    for (const { message } of errors) expect(message).toMatch(/\S/);
  });

  it.each([
    ['birthDate', { birthDate: '2999-01-01' }],
    ['birthDate', { birthDate: '1849-12-31' }],
    ['telecom.0.value', { telecom: [{ system: 'phone', value: '12345' }] }],
    ['telecom.0.value', { telecom: [{ system: 'email', value: 'nobody' }] }],
  ])('is held to the rules of the register: %s in %j', async (path, change) => {
    const body = { name: [{ family: 'Sample' }], birthDate: '1980-01-31', ...change };
    const reply = await system.staff.post('/patients', body);
    const { errors } = expectProblem(reply, 400, 'validation_failed', '/patients');
    expect(errors?.map((error) => error.path)).toEqual([path]);
  });

  it('over 100 kB is too large, however far over', async () => {
    for (const length of [100_000, 3_000_000]) {
      const reply = await system.staff.post('/patients', { name: 'a'.repeat(length) });
      expectProblem(reply, 413, 'payload_too_large', '/patients');
    }
  });

  it('of up to 100 kB is read', async () => {
    const body = JSON.stringify({ a: '' });
    const reply = await raw(
      'POST',
      '/patients',
      body.replace('""', `"${'a'.repeat(100_000 - body.length)}"`),
    );
    expectProblem(reply, 400, 'validation_failed', '/patients');
  });

  it.each([
    ['POST', 'text/plain'],
    ['POST', 'application/x-www-form-urlencoded'],
    ['POST', 'application/merge-patch+json'],
    ['POST', 'application/json; charset=latin1'],
    ['POST', ''],
    ['PATCH', 'application/json-patch+json'],
  ])('of another content type is not supported: %s %s', async (method, contentType) => {
    const path = method === 'POST' ? '/patients' : `/patients/${(await clinic.patient()).id}`;
    const reply = await raw(method, path, '{}', { 'content-type': contentType, 'if-match': '"1"' });
    expectProblem(reply, 415, 'unsupported_media_type', path);
  });

  it('may name its content type in any case and with a charset', async () => {
    const headers = { 'content-type': 'Application/JSON; charset="UTF-8"' };
    expectProblem(await raw('POST', '/patients', '{}', headers), 400, 'validation_failed', '/patients');
  });

  it('keeps letters of every script, composed', async () => {
    const { id } = await clinic.patient({ name: [{ family: 'Zoe\u0308 Łódź', given: ['אבג', '小明'] }] });
    const { body } = await system.staff.get(`/patients/${id}`);
    expect(body.name).toEqual([{ family: 'Zoë Łódź', given: ['אבג', '小明'], prefix: [] }]);
  });
});

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
    const reply = await fetch(`${system.url}/patients/${id}`, { method: 'HEAD', headers: { authorization } });
    expect([reply.status, reply.headers.get('etag'), await reply.text()]).toEqual([200, '"1"', '']);
  });
});

describe('a refusal', () => {
  it('by the rules is 422 with its reasons', async () => {
    const type = await clinic.type();
    const practitioner = await clinic.practitioner([type.id], { weekly: [] });
    const patient = await clinic.patient();
    const booking = {
      typeId: type.id,
      practitionerId: practitioner.id,
      patientId: patient.id,
      start: ahead(2),
    };
    const reply = await system.staff.post<{ reasons: { code: string }[] }>('/appointments', booking);
    expectProblem(reply, 422, 'not_bookable', '/appointments');
    expect(reply.body.reasons.map(({ code }) => code)).toEqual(['outside_availability']);
  });

  it('holds no person’s data, SQL or stack', async () => {
    const person = {
      name: [{ family: 'Secretname' }],
      birthDate: '2999-01-01',
      telecom: [{ system: 'phone', value: '0171' }],
    };
    const replies = [
      await system.staff.post('/patients', person),
      await system.staff.post('/patients', { ...person, birthDate: 'Secretname' }),
      await raw('POST', '/patients', '{"family":"Secretname"'),
      await system.staff.get('/patients?name=Secretname'),
    ];
    for (const { status, body } of replies) {
      expect(status).toBe(400);
      expect(JSON.stringify(body)).not.toMatch(/Secretname|0171|select|insert|\bat \S+:\d+/i);
    }
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
