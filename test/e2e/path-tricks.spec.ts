import type { IncomingMessage, Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Clinic } from '../harness/clinic.ts';
import { bodyOf, exchangeRaw, portOf } from '../harness/raw.ts';
import { startSystem, type System } from '../harness/system.ts';

let system: System;
let gateway: number;
let patient: number;

beforeAll(async () => {
  system = await startSystem();
  gateway = portOf(system.url);
  patient = portOf(system.direct.patient.url);
});
afterAll(() => system.stop());

const authorization = (): string => `authorization: Bearer ${system.staff.token ?? ''}\r\n`;

/** The status and code of an answer, and who gave it: a service's problems are typed problem+json. */
async function answerTo(port: number, bytes: string): Promise<string> {
  const reply = await exchangeRaw(port, bytes);
  if (reply.status === 0) return 'closed';
  if (reply.status < 400) return String(reply.status);
  const by = /^content-type: application\/problem\+json/im.test(reply.text) ? 'service' : 'gateway';
  return `${reply.status} ${bodyOf(reply).code} by ${by}`;
}

const noService = '404 not_found by gateway';
const noRecord = '404 not_found by service';

/*
 * A load balancer compares the path as it came, case-sensitively, with its rules and passes it on unchanged, which the gateway repeats:
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html#path-conditions
 * What it does with a target in absolute form AWS does not say. The gateway knows no service for it, the stricter answer; a service
 * takes it by its path, as RFC 9112, 3.2.2, asks, and looks at no host in it.
 */
describe.each([
  ['/patients/../appointments', noRecord, noRecord],
  ['/patients/../appointments/rooms', noRecord, noRecord],
  ['/patients/%2e%2e/appointments/rooms', noRecord, noRecord],
  ['/patients/..%2fappointments%2frooms', noRecord, noRecord],
  ['/patients/./health/live', noRecord, noRecord],
  ['/patients/x/../health/live', noRecord, noRecord],
  ['/patients/health%2Flive', noRecord, noRecord],
  ['/patients%2Fhealth%2Flive', noService, noRecord],
  ['/%70atients/health/live', noService, noRecord],
  ['/appointments/../patients', noRecord, noRecord],
  ['//patients', noService, noRecord],
  ['//patients/health/live', noService, noRecord],
  ['/patients//health/live', noRecord, noRecord],
  ['/patients/health//live', noRecord, noRecord],
  ['//evil.example/patients', noService, noRecord],
  // Of these Express can't say what the path is.
  ['//a@[#', noService, noRecord],
  ['//a@b:99999999#', noService, noRecord],
  ['/patients/x#//a@[', noRecord, noRecord],
  ['/Patients', noService, noRecord],
  ['/PATIENTS/health/live', noService, noRecord],
  ['/patients/', noRecord, noRecord],
  ['/patients;a=b', noService, noRecord],
  ['/patients\\..\\appointments', noService, noRecord],
  ['/patients/%00', noRecord, noRecord],
  ['/patients/%ZZ', noRecord, noRecord],
  ['/patients/%c0%ae%c0%ae/appointments', noRecord, noRecord],
  ['/patients/\u00e9', '400 bad_request by gateway', '400 malformed_request by service'],
  ['http://evil.example/patients/nobody', noService, noRecord],
  ['http://evil.example/patients/health/live', noService, '200'],
  ['https://evil.example/', noService, noRecord],
  ['http://[/patients', noService, noRecord],
  ['patients', '400 bad_request by gateway', '400 malformed_request by service'],
  ['*', noService, noRecord],
  ['?', '400 bad_request by gateway', '400 malformed_request by service'],
])('the path %s', (path, throughGateway, direct) => {
  const request = () => `GET ${path} HTTP/1.1\r\nhost: a\r\n${authorization()}\r\n`;

  it(`is answered ${throughGateway}`, async () => {
    expect(await answerTo(gateway, request())).toBe(throughGateway);
  });

  it(`is answered ${direct} by the service itself`, async () => {
    expect(await answerTo(patient, request())).toBe(direct);
  });
});

/*
 * A load balancer in its default mode, defensive, refuses requests that may smuggle others (two lengths that differ) with 400,
 * and passes others that are ambiguous on over connections of their own; with drop_invalid_header_fields, which the stack
 * sets, it leaves out headers whose names are none. The gateway and the services refuse them all.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html#desync-mitigation-mode
 */
describe('a request that two readers may take for two', () => {
  const live = 'GET /patients/health/live HTTP/1.1\r\n';
  const body = 'POST /patients HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n';
  const malformed: [string, string][] = [
    ['two Content-Length', `${body}content-length: 2\r\ncontent-length: 3\r\n\r\n{}`],
    ['one Content-Length twice', `${body}content-length: 2\r\ncontent-length: 2\r\n\r\n{}`],
    ['a list of lengths', `${body}content-length: 2, 2\r\n\r\n{}`],
    ['a signed length', `${body}content-length: +2\r\n\r\n{}`],
    [
      'a length beside Transfer-Encoding',
      `${body}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`,
    ],
    [
      'Transfer-Encoding beside a length',
      `${body}transfer-encoding: chunked\r\ncontent-length: 2\r\n\r\n2\r\n{}\r\n0\r\n\r\n`,
    ],
    ['another Transfer-Encoding', `${body}transfer-encoding: xchunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`],
    [
      'Transfer-Encoding that ends otherwise',
      `${body}transfer-encoding: chunked, identity\r\n\r\n2\r\n{}\r\n0\r\n\r\n`,
    ],
    ['no chunk size', `${body}transfer-encoding: chunked\r\n\r\nx\r\n{}\r\n0\r\n\r\n`],
    ['no Host', `${live}\r\n`],
    ['two Host', `${live}host: a\r\nhost: b\r\n\r\n`],
    ['bare line feeds', `${live.replace('\r', '')}host: a\n\n`],
    ['a folded header', `${live}host: a\r\nx-a: b\r\n  c\r\n\r\n`],
    ['a space before the colon', `${live}host: a\r\nx-a : b\r\n\r\n`],
    ['a NUL in a header', `${live}host: a\r\nx-a: \0\r\n\r\n`],
    ['a NUL in the path', 'GET /patients\0 HTTP/1.1\r\nhost: a\r\n\r\n'],
    ['a space in the path', 'GET /patients /x HTTP/1.1\r\nhost: a\r\n\r\n'],
    ['an unknown method', 'STEAL /patients HTTP/1.1\r\nhost: a\r\n\r\n'],
    ['another protocol', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['no HTTP', '\x16\x03\x01\x02\x00\x01'],
  ];

  it.each(malformed)('is refused: %s', async (what, bytes) => {
    const byGateway = what === 'no chunk size' ? /^(400 \w+ by \w+|closed)$/ : /^400 bad_request by gateway$/;
    expect(await answerTo(gateway, bytes)).toMatch(byGateway);
    const byService = what === 'no chunk size' ? /^40[01] / : /^400 malformed_request by service$/;
    expect(await answerTo(patient, bytes)).toMatch(byService);
  });

  it.each([
    [
      'two Authorization',
      () => `${live.replace('/health/live', '')}host: a\r\n${authorization()}authorization: Bearer x\r\n\r\n`,
    ],
    [
      'two Authorization the other way round',
      () => `${live.replace('/health/live', '')}host: a\r\nauthorization: Bearer x\r\n${authorization()}\r\n`,
    ],
    [
      'two Content-Type',
      () => `${body}${authorization()}content-type: text/plain\r\ncontent-length: 2\r\n\r\n{}`,
    ],
  ])('is refused by the service, through the gateway too: %s', async (_, bytes) => {
    expect(await answerTo(gateway, bytes())).toBe('400 malformed_request by service');
    expect(await answerTo(patient, bytes())).toBe('400 malformed_request by service');
  });

  it('does not let its second half in as a request', async () => {
    const inner = `GET /patients HTTP/1.1\r\nhost: a\r\n${authorization()}\r\n`;
    const bytes = `${body}content-length: ${inner.length}\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n${inner}`;
    for (const port of [gateway, patient]) {
      const { text, status } = await exchangeRaw(port, bytes);
      expect([status, text.match(/^HTTP\/1\.1 /gm)?.length]).toEqual([400, 1]);
    }
  });

  it.each(['DELETE', 'OPTIONS', 'GET', 'POST'])(
    'does not let its body in as a request behind the gateway: %s',
    async (method) => {
      const arrived: (string | undefined)[] = [];
      const server = system.apps.patient.getHttpServer() as Server;
      const note = ({ url }: IncomingMessage) => arrived.push(url);
      server.on('request', note);
      const inner = `GET /patients/inner HTTP/1.1\r\nhost: a\r\nx-forwarded-for: 6.6.6.6\r\n${authorization()}\r\n`;
      const chunks = `${inner.length.toString(16)}\r\n${inner}\r\n0\r\n\r\n`;
      await exchangeRaw(
        gateway,
        `${method} /patients/outer HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n${chunks}`,
      );
      await system.staff.get('/patients/next');
      server.off('request', note);
      expect(arrived).toEqual(['/patients/outer', '/patients/next']);
    },
  );
});

describe('requests that are merely odd', () => {
  it.each([
    [
      'an expectation that nobody knows',
      'GET /patients/health/live HTTP/1.1\r\nhost: a\r\nexpect: a-miracle\r\n\r\n',
      '200',
    ],
    [
      'an upgrade',
      'GET /patients/health/live HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n',
      '200',
    ],
    ['HTTP/1.0 without a Host', 'GET /patients/health/live HTTP/1.0\r\n\r\n', '200'],
    ['a tunnel', 'CONNECT evil.example:443 HTTP/1.1\r\nhost: evil.example\r\n\r\n', 'closed'],
    [
      'an echo',
      'TRACE /patients HTTP/1.1\r\nhost: a\r\nx-secret: s\r\n\r\n',
      '405 method_not_allowed by service',
    ],
  ])('are answered as ever: %s', async (_, bytes, answer) => {
    expect(await answerTo(gateway, bytes)).toBe(answer);
    expect(await answerTo(patient, bytes)).toBe(answer);
  });
});

describe('keys of a prototype', () => {
  const keys = ['__proto__', 'constructor', 'prototype', '__defineGetter__', 'toString', 'hasOwnProperty'];
  const probe = (key: string) => `{"${key}":{"active":false,"polluted":true}}`;

  it.each(keys)('are unknown fields in a merge patch, and change nothing: %s', async (key) => {
    const { id } = await new Clinic(system.staff).patient();
    for (const type of ['application/merge-patch+json', 'application/json']) {
      const headers = { 'if-match': '"1"', 'content-type': type };
      const reply = await system.staff.send('PATCH', `/patients/${id}`, probe(key), headers);
      expect(reply.status).toBe(400);
      expect(reply.body.errors).toContainEqual({ path: key, message: 'unknown field' });
    }
    expect((await system.staff.get(`/patients/${id}`)).body).toMatchObject({ active: true, version: 1 });
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it.each(keys)('are unknown parameters in a query: %s', async (key) => {
    for (const path of ['/patients', '/patients/openapi.json', '/appointments/rooms']) {
      const reply = await system.staff.get(`${path}?${key}=1&${key}[polluted]=1`);
      expect([200, 400]).toContain(reply.status);
      expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    }
  });
});
