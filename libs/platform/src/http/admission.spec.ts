import { once } from 'node:events';
import { createServer, ServerResponse, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { livePath, readyPath, serviceNamed } from '#catalogue';
import { readConfig } from '../config/config.ts';
import { Admission, admissionLimits, tellWhenMade } from './admission.ts';

const service = serviceNamed('patient');
const config = readConfig(service, {
  DATABASE_URL: 'postgres://patient:secret@127.0.0.1:1/clinic',
  DATABASE_POOL_SIZE: '2',
  OIDC_ISSUER: 'http://127.0.0.1:1',
  OIDC_AUDIENCE: 'clinic',
});
Logger.overrideLogger(false);
const places = 12;
const waiting = 100;
const waitingReads = 300;
const flood = 240;
const undo = new AsyncDisposableStack();

/** By what was asked for, those whose work goes on until the test answers them. */
let working: Map<string, ServerResponse>;
/** To all requests, in the order they came. */
let responses: ServerResponse[];
let server: Server;
let admission: Admission;

beforeEach(async () => {
  working = new Map();
  responses = [];
  const [standing, patienceMs, heldMs] = [2, 60_000, 60_000];
  const limits = { ...admissionLimits, waiting, waitingReads, standing, patienceMs, heldMs };
  admission = new Admission(config, limits);
  class Response extends ServerResponse {}
  tellWhenMade(Response.prototype);
  server = createServer(
    { ServerResponse: Response },
    admission.before(({ url = '' }, response) => {
      working.set(url, response);
    }),
  ).listen(0, '127.0.0.1');
  server.prependListener('request', (_request, response) => responses.push(response));
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

/** How many are refused at once when a request comes so often. */
async function refusedOf(request: string): Promise<number> {
  const before = responses.length;
  const { port } = server.address() as AddressInfo;
  const sockets = 24;
  for (let socket = 0; socket < sockets; socket += 1)
    connect(port, '127.0.0.1').write(request.repeat(flood / sockets));
  await until(() => responses.length === before + flood);
  return responses.slice(before).filter(({ writableEnded }) => writableEnded).length;
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

it('has more who read wait than others, as long as they bring no body', async () => {
  await ask('GET', ...crowd);
  await ask('POST', ...crowd.map((path) => `${path}/change`));
  await until(() => working.size === 2 * places);
  expect(await refusedOf('GET /waiting HTTP/1.1\r\nhost: a\r\n\r\n')).toBe(0);
  expect(await refusedOf('POST /waiting HTTP/1.1\r\nhost: a\r\n\r\n')).toBe(flood - waiting);
  expect(await refusedOf('GET /waiting HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\n\r\n1')).toBe(flood);
});

it('lets health pass whoever waits', async () => {
  await ask('GET', ...crowd);
  await until(() => working.size === places);
  await ask('GET', livePath(service), readyPath(service));
  await until(() => working.has(livePath(service)) && working.has(readyPath(service)));
});

describe('while others wait to read', () => {
  const others = ['/others/0', '/others/1', '/others/2'];
  /** Whose read is the first to be answered. */
  let first: Socket;

  beforeEach(async () => {
    [first] = (await ask('GET', ...crowd)) as [Socket, ...Socket[]];
    await until(() => working.size === places);
    await ask('GET', ...others);
    await until(() => responses.length === places + others.length);
  });

  /** Is answered, asks again, and is given two occasions to be read. */
  async function goOn(socket: Socket, answered: string): Promise<void> {
    const received = once(socket, 'data');
    answer(answered);
    await received;
    socket.write('GET /again HTTP/1.1\r\nhost: a\r\n\r\n');
    for (const health of [livePath(service), readyPath(service)]) {
      await ask('GET', health);
      await until(() => working.has(health));
    }
  }

  const asked = (): (string | undefined)[] => responses.map(({ req }) => req.url);

  it('reads from who was answered once fewer of them do', async () => {
    await goOn(first, '/patients/0');
    expect(asked()).not.toContain('/again');
    answer('/patients/1');
    await until(() => asked().includes('/again'));
    // Behind those who had come before.
    expect(working.has('/others/1')).toBe(true);
    expect(working.has('/again')).toBe(false);
  });

  it('goes on to read from who changed something', async () => {
    const [socket] = (await ask('POST', '/change')) as [Socket];
    await until(() => working.has('/change'));
    await goOn(socket, '/change');
    expect(asked()).toContain('/again');
  });

  it('reads from all before it ends', async () => {
    await goOn(first, '/patients/0');
    admission.drain();
    await until(() => asked().includes('/again'));
  });
});
