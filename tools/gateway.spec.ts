import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Service } from '#catalogue';
import { startGateway, type Gateway } from './gateway.ts';
import { freePort } from './processes.ts';

const orders: Service = { name: 'order', port: 4000, prefix: '/orders', needs: [], scopes: {} };
const cleanUp: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const undo of cleanUp.splice(0).reverse()) await undo();
});

async function gatewayBefore(listener: RequestListener, idleTimeoutMs?: number): Promise<Gateway> {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUp.push(async () => closeNow(server));
  return gatewayTo((server.address() as AddressInfo).port, idleTimeoutMs);
}

async function gatewayTo(port: number, idleTimeoutMs?: number): Promise<Gateway> {
  const gateway = await startGateway({ port: 0, upstreams: [{ service: orders, port }], idleTimeoutMs });
  cleanUp.push(() => gateway.stop());
  return gateway;
}

async function closeNow(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
}

/** Sends bytes as they are and reads until the other side closes. */
async function raw(gateway: Gateway, bytes: string): Promise<string> {
  const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
  socket.write(bytes, 'latin1');
  return text(socket);
}

const echo: RequestListener = (incoming, response) => {
  void text(incoming).then((body) => {
    response.end(JSON.stringify({ url: incoming.url, headers: incoming.headers, body }));
  });
};

describe('the gateway', () => {
  it('routes by the raw, case-sensitive path and answers the rest itself', async () => {
    const { url } = await gatewayBefore(echo);

    for (const path of ['/orders', '/orders/', '/orders/1', '/orders?x=1']) {
      const answer = await fetch(url + path);
      expect([path, answer.status]).toEqual([path, 200]);
    }
    for (const path of ['/', '/ordersx', '/Orders/1', '/%6frders', '/other']) {
      const answer = await fetch(url + path);
      expect([path, answer.status]).toEqual([path, 404]);
      expect(answer.headers.get('content-type')).toBe('application/json');
      expect(await answer.json()).toEqual({
        type: 'about:blank',
        title: 'Not Found',
        status: 404,
        detail: 'No service answers under this path.',
        code: 'not_found',
      });
    }
  });

  it('passes the URL on byte for byte', async () => {
    const gateway = await gatewayBefore(echo);

    for (const target of ['/orders/../a//b/./%2e%2E/%zz', '/orders/?a=%20&&b=|[]{}', '/orders?x=/../']) {
      const answer = await raw(gateway, `GET ${target} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`);
      expect(answer).toContain(`"url":"${target}"`);
    }
  });

  it('keeps Host and says whom it forwards for, as a load balancer does', async () => {
    const gateway = await gatewayBefore(echo);
    const port = new URL(gateway.url).port;

    const answer = await raw(
      gateway,
      'GET /orders HTTP/1.1\r\nhost: clinic.example\r\nx-forwarded-for: 203.0.113.7\r\nx-forwarded-proto: https\r\nconnection: close\r\n\r\n',
    );

    expect(JSON.parse(/\{.*\}/.exec(answer)?.[0] ?? '')).toMatchObject({
      headers: {
        host: 'clinic.example',
        'x-forwarded-for': '203.0.113.7, 127.0.0.1',
        'x-forwarded-proto': 'http',
        'x-forwarded-port': port,
      },
    });
    expect(answer).toMatch(/^connection: close$/im);
  });

  it('answers under both loopback addresses, and passes a body on', async () => {
    const gateway = await gatewayBefore(echo);
    const answer = await fetch(`${gateway.url}/orders`, { method: 'POST', body: 'x'.repeat(1_000_000) });
    expect(await answer.json()).toMatchObject({ body: 'x'.repeat(1_000_000) });
  });

  it.each(['GET', 'DELETE', 'OPTIONS', 'PATCH'])(
    'passes a body in chunks on as one, never as a request: %s',
    async (method) => {
      const arrived: string[] = [];
      const gateway = await gatewayBefore((incoming, response) => {
        arrived.push(`${incoming.method} ${incoming.url}`);
        echo(incoming, response);
      });
      const inner = 'GET /orders/inner HTTP/1.1\r\nhost: a\r\n\r\n';
      const chunks = `${inner.length.toString(16)}\r\n${inner}\r\n0\r\n\r\n`;

      const answer = await raw(
        gateway,
        `${method} /orders HTTP/1.1\r\nhost: a\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n${chunks}`,
      );

      expect(JSON.parse(/\{.*\}/.exec(answer)?.[0] ?? '')).toMatchObject({ body: inner });
      expect(arrived).toEqual([`${method} /orders`]);
    },
  );

  it('answers 502 when the service is down, and the connection goes on', async () => {
    const gateway = await gatewayTo(await freePort());

    for (const body of [undefined, 'x'.repeat(5_000_000)]) {
      const answer = await fetch(`${gateway.url}/orders`, { method: 'POST', ...(body && { body }) });
      expect([answer.status, answer.headers.get('content-type')]).toEqual([502, 'application/json']);
      expect(await answer.json()).toMatchObject({ status: 502, code: 'bad_gateway' });
    }
  });

  it('answers 504 when the service does not answer in time', async () => {
    const gateway = await gatewayBefore(() => undefined, 100);
    const answer = await fetch(`${gateway.url}/orders`);
    expect(answer.status).toBe(504);
    expect(await answer.json()).toMatchObject({ status: 504, code: 'gateway_timeout' });
  });

  it('streams, and cuts an answer that its service cuts', async () => {
    const gateway = await gatewayBefore((_request, response) => {
      response.write('first');
      setTimeout(() => response.destroy(), 200);
    });

    const answer = await fetch(`${gateway.url}/orders`);
    const reader = answer.body?.getReader();
    expect(Buffer.from((await reader?.read())?.value as Uint8Array).toString()).toBe('first');
    await expect(reader?.read()).rejects.toThrow();
  });

  it.each([
    ['headers that are too large', `GET /orders HTTP/1.1\r\nx: ${'a'.repeat(20_000)}`, 431],
    ['headers that take too long', 'GET /orders HTTP/1.1\r\nx: ', 408],
    [
      'chunks with too much beside them',
      `POST /orders HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n2;${'a'.repeat(20_000)}\r\n`,
      413,
    ],
    ['what is no HTTP', 'GET /orders\r\n\r\n', 400],
  ])('answers %s with a problem, and closes', async (_, bytes, status) => {
    const gateway = await gatewayBefore(echo, 200);
    const answer = await raw(gateway, bytes);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toMatch(/^content-type: application\/json\r$/m);
    expect(JSON.parse(/\{.*\}/.exec(answer)?.[0] ?? '')).toMatchObject({ type: 'about:blank', status });
  });

  it('gives up the request to the service when the client goes', async () => {
    let ended: Promise<unknown> | undefined;
    let arrived: (value?: unknown) => void = () => undefined;
    const arrival = new Promise((resolve) => (arrived = resolve));
    const gateway = await gatewayBefore((_request, response) => {
      ended = once(response, 'close');
      arrived();
    });

    const client = request(`${gateway.url}/orders`)
      .on('error', () => undefined)
      .end();
    await arrival;
    client.destroy();

    await ended;
  });

  it('hands on an answer that comes before the body is read', async () => {
    const gateway = await gatewayBefore((_request, response) => {
      response.writeHead(413).end('too large');
    });
    const answer = await fetch(`${gateway.url}/orders`, { method: 'POST', body: 'x'.repeat(20_000_000) });
    expect([answer.status, await answer.text()]).toEqual([413, 'too large']);
  });

  it('expects no second 100 Continue from the service', async () => {
    const gateway = await gatewayBefore(echo);
    const client = request(`${gateway.url}/orders/a//b`, {
      method: 'PUT',
      headers: { expect: '100-continue' },
    });
    client.flushHeaders();
    await once(client, 'continue');
    client.end('body');
    const [answer] = (await once(client, 'response')) as [IncomingMessage];
    expect(JSON.parse(await text(answer))).toMatchObject({ url: '/orders/a//b', body: 'body' });
  });
});
