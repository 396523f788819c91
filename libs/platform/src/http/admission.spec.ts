import { once } from 'node:events';
import { createServer, ServerResponse, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { livePath, readyPath, serviceNamed } from '#catalogue';
import { readConfig } from '../config/config.ts';
import { Admission, admissionLimits, tellWhenMade } from './admission.ts';
import { answerWhatIsNoRequest } from './no-request.ts';

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
  const [standing, patienceMs, pausedMs] = [2, 60_000, 60_000];
  const limits = { ...admissionLimits, waiting, waitingReads, standing, patienceMs, pausedMs };
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
  answerWhatIsNoRequest(server, '');
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
      // Those with something unread are reset when the test is over.
      socket.on('error', () => undefined);
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

describe('while five others wait to read', () => {
  const others = ['/others/0', '/others/1', '/others/2', '/others/3', '/others/4'];
  /** Those at work: one who asks for leave by OPTIONS, then those who read. */
  let preflight: Socket;
  let readers: Socket[];

  beforeEach(async () => {
    [preflight] = (await ask('OPTIONS', '/preflight')) as [Socket];
    readers = await ask('GET', ...crowd.slice(1));
    await until(() => working.size === places);
    await ask('GET', ...others);
    await until(() => responses.length === places + others.length);
  });

  const asked = (): (string | undefined)[] => responses.map(({ req }) => req.url);

  async function answered(socket: Socket | undefined, path: string): Promise<void> {
    const received = socket && once(socket, 'data');
    answer(path);
    await received;
  }

  /** Answers those who read from the one to before the other, in turn. */
  async function answerReaders(from: number, to: number): Promise<void> {
    for (let index = from; index < to; index += 1) await answered(readers[index], `/patients/${index + 1}`);
  }

  /** By each of these connections a request comes, and two occasions to read it. */
  async function askAgain(...sockets: (Socket | undefined)[]): Promise<void> {
    for (const [index, socket] of sockets.entries())
      socket?.write(`GET /again/${index} HTTP/1.1\r\nhost: a\r\n\r\n`);
    for (const health of [livePath(service), readyPath(service)]) {
      working.delete(health);
      await ask('GET', health);
      await until(() => working.has(health));
    }
  }

  const again = (): number => asked().filter((path) => path?.startsWith('/again')).length;

  it('reads from two of whom were answered for each answer, when few wait', async () => {
    await answerReaders(0, 3);
    await askAgain(...readers.slice(0, 3));
    // Longer than it takes to look whom to resume.
    await sleep(60);
    expect(again()).toBe(0);
    await answerReaders(3, 4);
    await askAgain();
    expect(asked().slice(-4).sort()).toEqual(['/again/0', '/again/1', livePath(service), readyPath(service)]);
    // Behind all who had come before.
    expect(working.has('/others/3')).toBe(true);
    expect(working.has('/again/0')).toBe(false);
  });

  it('reads from nobody before those who were answered earlier', async () => {
    await answerReaders(0, 4);
    // The last of them was answered while fewer than two waited.
    await askAgain(...readers.slice(0, 4));
    expect(again()).toBe(2);
  });

  it('pauses nobody whose connection ends with the answer', async () => {
    // As Node has it after `Connection: close`.
    Object.assign(working.get('/patients/1') ?? {}, { shouldKeepAlive: false });
    await answerReaders(0, 4);
    await askAgain(...readers.slice(1, 3));
    expect(again()).toBe(2);
  });

  it('reads from all when nobody waits', async () => {
    await answerReaders(0, 5);
    await askAgain(...readers.slice(0, 5));
    expect(again()).toBe(5);
  });

  it('goes on to read from who changed something', async () => {
    const [socket] = (await ask('POST', '/change')) as [Socket];
    await until(() => working.has('/change'));
    await answered(socket, '/change');
    await askAgain(socket);
    expect(again()).toBe(1);
  });

  it('goes on to read from a page that has asked for leave', async () => {
    await answered(preflight, '/preflight');
    await askAgain(preflight);
    expect(again()).toBe(1);
  });

  it('goes on to read from who has asked for more', async () => {
    const [reader] = readers;
    reader?.write('POST /more HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\n\r\nbo');
    await until(() => working.has('/more'));
    const body = once(working.get('/more')?.req.resume() ?? server, 'end');
    await askAgain();
    await answered(reader, '/patients/1');
    reader?.write('dy');
    await body;
  });

  it('reads from all before it ends', async () => {
    await answerReaders(0, 2);
    await askAgain(...readers.slice(0, 2));
    expect(again()).toBe(0);
    admission.drain();
    await until(() => again() === 2);
  });
});
