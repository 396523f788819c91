import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bodyOf, exchangeRaw, portOf, RawConnection, type RawReply } from '../harness/raw.ts';
import { startSystem, type System } from '../harness/system.ts';
import { until } from '../harness/until.ts';

const limits = {
  headersMs: 300,
  requestMs: 900,
  keepAliveMs: 500,
  checkMs: 20,
  headerBytes: 4_096,
  headers: 100,
  connections: 40,
};
const live = 'GET /patients/health/live HTTP/1.1\r\nhost: a\r\n';

let system: System;
let port: number;

beforeAll(async () => {
  system = await startSystem({}, limits);
  port = portOf(system.direct.patient.url);
});
afterAll(() => system.stop());

const post = (): string =>
  `POST /patients HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${system.staff.token ?? ''}\r\ncontent-type: application/json\r\n`;

/** Sends a byte now and then for as long as anybody listens. */
async function dribble(connection: RawConnection, byte = 'a'): Promise<RawReply & { tookMs: number }> {
  const began = performance.now();
  while (!connection.reply.closed) {
    connection.write(byte);
    await delay(20);
  }
  return { ...connection.reply, tookMs: performance.now() - began };
}

function expectRefusal(reply: RawReply, status: number, code: string): void {
  expect([reply.status, reply.closed]).toEqual([status, true]);
  expect(reply.text).toMatch(/^Content-Type: application\/problem\+json/im);
  expect(reply.text).toMatch(/^Connection: close\r$/im);
  const id = /^X-Request-Id: (\S+)\r$/im.exec(reply.text)?.[1] ?? '';
  expect(bodyOf(reply)).toEqual({
    type: `urn:clinic:problem:${code}`,
    title: expect.any(String),
    status,
    detail: expect.any(String),
    instance: `urn:uuid:${id}`,
    code,
  });
}

describe('a sender that takes its time', () => {
  it('over the headers is refused, however steadily it goes on', async () => {
    const connection = new RawConnection(port);
    connection.write(`${live}x-slow: `);
    const reply = await dribble(connection);
    expectRefusal(reply, 408, 'request_timeout');
    expect(reply.tookMs).toBeGreaterThanOrEqual(limits.headersMs - 50);
  });

  it('over the request line is refused', async () => {
    const connection = new RawConnection(port);
    connection.write('GET /');
    expectRefusal(await dribble(connection), 408, 'request_timeout');
  });

  it('over its first word is refused too', async () => {
    expectRefusal(await new RawConnection(port).until(), 408, 'request_timeout');
  });

  it('over the body is refused', async () => {
    const connection = new RawConnection(port);
    connection.write(`${post()}content-length: 5000\r\n\r\n{"a":"`);
    const reply = await dribble(connection);
    expectRefusal(reply, 408, 'request_timeout');
    expect(reply.tookMs).toBeGreaterThanOrEqual(limits.requestMs - 50);
  });

  it('over a body that says how much too long it is is told that, before it is read', async () => {
    const connection = new RawConnection(port);
    connection.write(`${post()}content-length: 50000000\r\n\r\n{"a":"`);
    expect((await connection.until(1)).status).toBe(413);
    connection.end();
  });

  it('over the chunks of a body is refused', async () => {
    const connection = new RawConnection(port);
    connection.write(`${post()}transfer-encoding: chunked\r\n\r\n`);
    expectRefusal(await dribble(connection, '1\r\n{\r\n'), 408, 'request_timeout');
  });

  it('over a body that nobody reads is cut off, after its answer', async () => {
    const connection = new RawConnection(port);
    connection.write('POST /patients HTTP/1.1\r\nhost: a\r\ncontent-length: 100000\r\n\r\n');
    const reply = await dribble(connection);
    expect([reply.status, reply.closed]).toEqual([401, true]);
    expect(reply.text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 401']);
  });

  it('between two requests is closed on without an answer', async () => {
    const connection = new RawConnection(port);
    connection.write(`${live}\r\n`);
    await connection.until(1);
    const { text, status } = await connection.until();
    expect(status).toBe(200);
    expect(text.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });
});

describe('headers that are too large', () => {
  it.each([
    ['one that is long', () => `${live}x-long: ${'a'.repeat(5_000)}\r\n\r\n`],
    ['many that are short', () => `${live}${'a:b\r\n'.repeat(1_000)}\r\n`],
    ['more than there may be', () => `${live}${'a:b\r\n'.repeat(limits.headers + 1)}\r\n`],
    ['a path that is long', () => `GET /patients/${'a'.repeat(5_000)} HTTP/1.1\r\nhost: a\r\n\r\n`],
    ['that never end', () => `${live}x-endless: ${'a'.repeat(100_000)}`],
  ])('are refused: %s', async (_, bytes) => {
    const connection = new RawConnection(port);
    connection.write(bytes());
    expectRefusal(await connection.until(), 431, 'headers_too_large');
  });

  it('after a request that is not answered yet take the connection down, and are no answer to it', async () => {
    const connection = new RawConnection(port);
    connection.write(`${live.replace('live', 'ready')}\r\n${live}x-long: ${'a'.repeat(5_000)}\r\n\r\n`);
    const { text } = await connection.until();
    expect(text).not.toContain('HTTP/1.1 431');
  });
});

it('a body that can’t be read, behind a request that is not answered yet, is no answer to that', async () => {
  const connection = new RawConnection(port);
  connection.write(
    `${live.replace('live', 'ready')}\r\n${post()}transfer-encoding: chunked\r\n\r\nno size\r\n`,
  );
  const { text } = await connection.until();
  expect(text).not.toContain('HTTP/1.1 400');
});

it('more connections than a task bears are closed, and it goes on', async () => {
  // None goes by itself meanwhile.
  const patient = { ...limits, headersMs: 30_000, requestMs: 30_000 };
  await using undo = new AsyncDisposableStack();
  const full = await startSystem({}, patient);
  undo.defer(() => full.stop());
  const fullPort = portOf(full.direct.patient.url);
  const many = Array.from({ length: limits.connections + 20 }, () => new RawConnection(fullPort));
  const closed = () => many.filter(({ reply }) => reply.closed);
  await until('some are closed', () => closed().length >= 20);
  expect(closed().map(({ reply }) => reply.text)).toEqual(Array.from({ length: 20 }, () => ''));
  for (const connection of many) connection.end();
  await until('it goes on', async () => {
    const reply = await exchangeRaw(fullPort, `${live}\r\n`);
    return reply.status === 200;
  });
});
