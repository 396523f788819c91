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
    // One of them is reset.
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

/** Holds the connections; then everybody says who they are. */
async function held(longestMs: number, ...places: (0 | 1 | 2)[]): Promise<Backpressure> {
  const backpressure = new Backpressure(longestMs);
  for (const place of places) backpressure.hold(sockets[place]);
  await Promise.all(
    callers.map((caller, place) => new Promise((resolve) => caller.write('abc'.charAt(place), resolve))),
  );
  return backpressure;
}

it('reads from nobody who is held, and goes on in the order they came', async () => {
  const backpressure = await held(never, 2, 0);
  await read('b');
  await turn();
  expect(texts).toEqual(['b']);
  expect(backpressure.size).toBe(2);
  backpressure.release(1);
  await read('c');
  await turn();
  expect(texts).toEqual(['b', 'c']);
  backpressure.release(5);
  await read('a');
  expect(backpressure.size).toBe(0);
});

it('holds nobody for longer than it may', async () => {
  const backpressure = await held(1, 0, 1, 2);
  await Promise.all(['a', 'b', 'c'].map(read));
  expect(backpressure.size).toBe(0);
});

it('leaves whoever is not read from anyhow to who stopped that', async () => {
  sockets[0].pause();
  const backpressure = await held(never, 0);
  expect(backpressure.size).toBe(0);
  backpressure.end();
  await read('b');
  await turn();
  expect(texts).not.toContain('a');
});

it('holds nobody once it has ended', async () => {
  const backpressure = await held(never, 0);
  backpressure.end();
  await read('a');
  backpressure.hold(sockets[0]);
  expect(backpressure.size).toBe(0);
});

it('lets go of whoever has gone', async () => {
  const backpressure = await held(never, 0);
  sockets[0].destroy();
  backpressure.release(1);
  await turn();
  expect(backpressure.size).toBe(0);
});
