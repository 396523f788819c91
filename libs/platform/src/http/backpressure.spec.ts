import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Backpressure } from './backpressure.ts';

const never = 60_000;
let server: Server;
/** On our side, in the order they came. */
let sockets: [Socket, Socket, Socket];
/** What we have read, in this order. */
let texts: string[];
const callers: Socket[] = [];

beforeEach(async () => {
  const accepted: Socket[] = [];
  texts = [];
  server = createServer((socket) => {
    accepted.push(socket.setEncoding('latin1').on('data', (text: string) => texts.push(text)));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  for (const name of ['a', 'b', 'c']) {
    const caller = connect((server.address() as AddressInfo).port, '127.0.0.1');
    // Some of them are reset.
    callers.push(caller.on('error', () => undefined));
    caller.write(name);
    await read(name);
  }
  sockets = accepted as typeof sockets;
  texts = [];
});
afterEach(async () => {
  for (const socket of [...callers.splice(0), ...sockets]) socket.destroy();
  server.close();
  await once(server, 'close');
});

/** Waits until that was read. */
async function read(text: string): Promise<void> {
  while (!texts.includes(text)) await turn();
}

/** Long enough to read all that has come. */
async function turn(): Promise<void> {
  for (let time = 0; time < 3; time += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Pauses the connections; then everybody says who they are. */
async function paused(longestMs: number, ...places: (0 | 1 | 2)[]): Promise<Backpressure> {
  const backpressure = new Backpressure(longestMs);
  for (const place of places) backpressure.pause(sockets[place]);
  await say('a', 'b', 'c');
  return backpressure;
}

async function say(...names: ('a' | 'b' | 'c')[]): Promise<void> {
  await Promise.all(
    names.map((name) => new Promise((resolve) => callers['abc'.indexOf(name)]?.write(name, resolve))),
  );
}

it('reads from nobody who is paused, and goes on in the order they came', async () => {
  const backpressure = await paused(never, 2, 0);
  await read('b');
  await turn();
  expect(texts).toEqual(['b']);
  expect(backpressure.size).toBe(2);
  backpressure.resume(1);
  await read('c');
  await turn();
  expect(texts).toEqual(['b', 'c']);
  backpressure.resume(5);
  await read('a');
  expect(backpressure.size).toBe(0);
});

it('resumes whoever was paused for long enough, and not before, time and again', async () => {
  const longestMs = 60;
  let since = performance.now();
  const backpressure = await paused(longestMs, 0);
  await read('a');
  expect(performance.now() - since).toBeGreaterThanOrEqual(longestMs);
  texts = [];
  since = performance.now();
  backpressure.pause(sockets[1]);
  await say('b');
  await read('b');
  expect(performance.now() - since).toBeGreaterThanOrEqual(longestMs);
  expect(backpressure.size).toBe(0);
});

it('leaves whoever is paused already to who paused them', async () => {
  sockets[0].pause();
  const backpressure = await paused(never, 0);
  expect(backpressure.size).toBe(0);
  backpressure.end();
  await read('b');
  await turn();
  expect(texts).not.toContain('a');
});

it('pauses nobody once it has ended', async () => {
  const backpressure = await paused(never, 0, 1, 2);
  backpressure.end();
  await Promise.all(['a', 'b', 'c'].map(read));
  backpressure.pause(sockets[0]);
  expect(backpressure.size).toBe(0);
});

it('has nothing to do with who has gone', async () => {
  const backpressure = await paused(never, 0);
  sockets[1].destroy();
  backpressure.pause(sockets[1]);
  expect(backpressure.size).toBe(1);
  sockets[0].destroy();
  backpressure.resume(1);
  await turn();
  expect(backpressure.size).toBe(0);
});
