import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ahead, Clinic } from '../harness/clinic.ts';
import { expectProblem } from '../harness/problem.ts';
import { startSystem, type System } from '../harness/system.ts';

let system: System;
let clinic: Clinic;

beforeAll(async () => {
  system = await startSystem();
  clinic = new Clinic(system.staff);
});
afterAll(() => system.stop());

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
      birthDate: '2999-02-28',
      gender: 'm',
      nickname: 'Sam',
      telecom: [{ system: 'phone', value: '12345' }],
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
    ['POST', 'application/json; charset=utf-16'],
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
