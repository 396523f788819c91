import { once } from 'node:events';
import { createServer, ServerResponse, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeEach, expect, it } from '@jest/globals';
import { livePath, readyPath, serviceNamed } from '#catalogue';
import { readConfig } from '../config/config.ts';
import { Admission, tellWhenMade } from './admission.ts';

const service = serviceNamed('patient');
const config = readConfig(service, {
  DATABASE_URL: 'postgres://patient:secret@127.0.0.1:1/clinic',
  DATABASE_POOL_SIZE: '2',
  OIDC_ISSUER: 'http://127.0.0.1:1',
  OIDC_AUDIENCE: 'clinic',
});
const places = 12;
const undo = new AsyncDisposableStack();

/** By what was asked for, those whose work goes on until the test answers them. */
let working: Map<string, ServerResponse>;
let server: Server;

beforeEach(async () => {
  working = new Map();
  const admission = new Admission(config);
  class Response extends ServerResponse {}
  tellWhenMade(Response.prototype);
  server = createServer(
    { ServerResponse: Response },
    admission.before(({ url = '' }, response) => {
      working.set(url, response);
    }),
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const own = server;
  undo.defer(() => {
    own.closeAllConnections();
    own.close();
  });
});
afterAll(() => undo.disposeAsync());

/** Asks and waits for nothing. */
async function ask(method: string, ...paths: string[]): Promise<Socket[]> {
  const { port } = server.address() as AddressInfo;
  return Promise.all(
    paths.map(async (path) => {
      const socket = connect(port, '127.0.0.1').setEncoding('latin1');
      await once(socket, 'connect');
      socket.write(`${method} ${path} HTTP/1.1\r\nhost: a\r\n\r\n`);
      return socket;
    }),
  );
}

const crowd = Array.from({ length: places }, (_, index) => `/patients/${index}`);

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await sleep(5);
}

function connections(): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => {
      if (error) reject(error);
      else resolve(count);
    });
  });
}

const answer = (path: string): unknown => working.get(path)?.end();

it('lets the next to work when an answer is made, and not when a caller goes', async () => {
  const [first] = await ask('POST', ...crowd);
  await until(() => working.size === places);
  await ask('POST', '/next');
  const gone = new Promise((resolve) => working.get('/patients/0')?.once('close', resolve));
  first?.destroy();
  await gone;
  expect(working.has('/next')).toBe(false);
  answer('/patients/0');
  await until(() => working.has('/next'));
});

it('leaves out who went while waiting', async () => {
  await ask('POST', ...crowd);
  await until(() => working.size === places);
  const [waiting] = await ask('POST', '/gone');
  await ask('POST', '/next');
  waiting?.destroy();
  while ((await connections()) > places + 1) await sleep(5);
  answer('/patients/0');
  await until(() => working.has('/next'));
  expect(working.has('/gone')).toBe(false);
});

it('keeps those who read, those who change something and those who look into the documentation apart', async () => {
  await ask('POST', ...crowd);
  await until(() => working.size === places);
  await ask('GET', '/patients/read', '/patients/docs');
  await ask('GET', ...crowd.map((path) => `${path}/read`));
  await until(() => working.size === 2 * places + 1);
  const documentation = [
    '/patients/docs/more',
    '/patients/openapi.json',
    '/patients/oauth2-redirect.html?code=a',
  ];
  await ask('GET', ...documentation);
  await until(() => documentation.every((path) => working.has(path)));
  expect([...working.keys()].filter((path) => path.endsWith('read'))).toHaveLength(places);
});

it('lets health pass whoever waits', async () => {
  await ask('GET', ...crowd);
  await until(() => working.size === places);
  await ask('GET', livePath(service), readyPath(service));
  await until(() => working.has(livePath(service)) && working.has(readyPath(service)));
});
