import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startProcesses, type ProcessSystem } from '../harness/processes.ts';
import { exchangeRaw } from '../harness/raw.ts';
import { until } from '../harness/until.ts';

const page = 'https://app.example';
const secret = 'secret-in-the-path';

let system: ProcessSystem;

beforeAll(async () => {
  system = await startProcesses({ environment: { LOG_LEVEL: 'info', CORS_ORIGINS: page } });
});
afterAll(() => system.stop());

/** The lines about the request that this id was given to, once there is one. */
async function linesOf(id: string): Promise<Record<string, unknown>[]> {
  const { output } = system.services.patient;
  const about = () => output.filter((line) => line.includes(`"${id}"`));
  await until('it is logged', () => about().length > 0);
  return about().map((line) => JSON.parse(line) as Record<string, unknown>);
}

const preflight = `origin: ${page}\r\naccess-control-request-method: PATCH\r\n`;

it.each([
  ['read in two ways', `GET /patients/${secret}`, 'host: a\r\nhost: b\r\n', 400, '/patients/:id'],
  ['without a Host', `GET /patients/${secret}?name=${secret}`, '', 400, '/patients/:id'],
  [
    'of a browser that asks first',
    `OPTIONS /patients/${secret}`,
    `host: a\r\n${preflight}`,
    204,
    '/patients/:id',
  ],
  ['for the documentation', `GET /patients/docs?${secret}`, 'host: a\r\n', 200, '/patients/docs'],
  ['for the document', 'GET /patients/openapi.json', 'host: a\r\n', 200, '/patients/openapi.json'],
  ['for a part of the page', 'GET /patients/docs/swagger-ui.css', 'host: a\r\n', 200, 'unmatched'],
  ['without a token', `GET /patients/${secret}`, 'host: a\r\n', 401, '/patients/:id'],
  ['by another method', `DELETE /patients/${secret}`, 'host: a\r\n', 405, '/patients/:id'],
  [
    'by another method for what looks like an id',
    'PUT /patients/search',
    'host: a\r\n',
    405,
    '/patients/search',
  ],
  ['for an unknown path', `GET /patients/${secret}/${secret}`, 'host: a\r\n', 404, 'unmatched'],
  ['for a path that can’t be read', `GET /patients/%ZZ${secret}`, 'host: a\r\n', 404, 'unmatched'],
])('a request leaves one line, by its pattern: %s', async (what, line, headers, status, route) => {
  const { port, output } = system.services.patient;
  const id = what.replace(/\W/g, '-');
  const sent = `${line} HTTP/1.1\r\n${headers}x-request-id: ${id}\r\nconnection: close\r\n\r\n`;
  expect((await exchangeRaw(port, sent)).status).toBe(status);
  expect(await linesOf(id)).toEqual([
    expect.objectContaining({ requestId: id, method: line.split(' ')[0], route, status, msg: 'answered' }),
  ]);
  expect(output.join()).not.toContain(secret);
});

it.each([
  ['http://[', 'no-path'],
  ['//a@[#', 'no-host'],
  ['//a@b:99999999#', 'no-port'],
])('a target without a path leaves one too: %s', async (target, id) => {
  const { port, output } = system.services.patient;
  const sent = `GET ${target}${secret} HTTP/1.1\r\nhost: a\r\nx-request-id: ${id}\r\nconnection: close\r\n\r\n`;
  expect((await exchangeRaw(port, sent)).status).toBe(404);
  expect(await linesOf(id)).toEqual([expect.objectContaining({ code: 'not_found' })]);
  expect(output.join()).not.toContain(secret);
});

it('what is refused before it is a request leaves one too, by the id of its answer', async () => {
  const { text, status } = await exchangeRaw(system.services.patient.port, `GET /${secret} STEAL\r\n\r\n`);
  const id = /^X-Request-Id: (\S+)\r$/im.exec(text)?.[1] ?? '';
  expect(status).toBe(400);
  expect(await linesOf(id)).toEqual([expect.objectContaining({ requestId: id, code: 'malformed_request' })]);
  expect(system.services.patient.output.join()).not.toContain(secret);
});
