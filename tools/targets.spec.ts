import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from '@jest/globals';
import { livePath, type Service } from '#catalogue';
import { startGateway, type Gateway } from './gateway.ts';

const orders: Service = { name: 'order', port: 4000, prefix: '/orders', needs: [], scopes: {} };
const withinMs = 5_000;
const undo: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

/** A process of the service that answers with its name, and is as healthy as it says. */
async function target(name: string, isHealthy = true) {
  const state = { isHealthy };
  const server = createServer((request, response) => {
    const isFine = request.url !== livePath(orders) || state.isHealthy;
    response.writeHead(isFine ? 200 : 503).end(name);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  undo.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  return { service: orders, port: (server.address() as AddressInfo).port, state };
}

async function gatewayTo(...upstreams: Awaited<ReturnType<typeof target>>[]): Promise<Gateway> {
  const gateway = await startGateway({ port: 0, upstreams });
  undo.push(() => gateway.stop());
  return gateway;
}

/** Asks until those who answer four requests in a row are these. */
async function becomes({ url }: Gateway, expected: string): Promise<void> {
  let seen = '';
  for (let waited = 0; seen !== expected && waited < withinMs; waited += 20) {
    const names: string[] = [];
    for (let time = 0; time < 4; time += 1) names.push(await (await fetch(`${url}/orders`)).text());
    seen = names.sort().join(' ');
    await sleep(20);
  }
  expect(seen).toBe(expected);
}

it('has the processes of a service take turns while they are healthy', async () => {
  const [first, second] = [await target('first'), await target('second')];
  const gateway = await gatewayTo(first, second);
  await becomes(gateway, 'first first second second');
  first.state.isHealthy = false;
  await becomes(gateway, 'second second second second');
  first.state.isHealthy = true;
  await becomes(gateway, 'first first second second');
});

it('has all of them take turns when none is healthy, as a load balancer does', async () => {
  const gateway = await gatewayTo(await target('first', false), await target('second', false));
  await sleep(500);
  await becomes(gateway, 'first first second second');
});

it('sends everything to the only one, whatever it says of its health', async () => {
  await becomes(await gatewayTo(await target('only', false)), 'only only only only');
});
