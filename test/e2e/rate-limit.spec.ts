import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from '../harness/client.ts';
import { query } from '../harness/sql.ts';
import { startSystem, type System } from '../harness/system.ts';

const perMinute = 3;

let system: System;

beforeAll(async () => {
  system = await startSystem({ RATE_LIMIT_PER_MINUTE: String(perMinute) });
});
afterAll(() => system.stop());

async function statuses(client: Client, path: string, times: number): Promise<number[]> {
  const found = [];
  for (let sent = 0; sent < times; sent += 1) found.push((await client.get(path)).status);
  return found;
}

it('a caller who asks too often is told how long to wait, and others are not held up', async () => {
  const busy = await system.as({ subject: 'busy' });
  expect(await statuses(busy, '/patients', perMinute)).toEqual([200, 200, 200]);
  const refused = await busy.get('/patients');
  expect([refused.status, refused.body.code]).toEqual([429, 'too_many_requests']);
  const seconds = Number(refused.headers.get('retry-after'));
  expect(seconds).toBeGreaterThanOrEqual(1);
  expect(seconds).toBeLessThanOrEqual(60);
  const another = await system.as({ subject: 'another' });
  expect(await statuses(another, '/patients', 1)).toEqual([200]);
});

it('a new token does not make a new caller', async () => {
  expect(await statuses(await system.as({ subject: 'same' }), '/appointments/rooms', perMinute)).toEqual([
    200, 200, 200,
  ]);
  expect(await statuses(await system.as({ subject: 'same' }), '/appointments/rooms', 1)).toEqual([429]);
});

it('a refusal is not kept for an Idempotency-Key', async () => {
  const busy = await system.as({ subject: 'eager' });
  await statuses(busy, '/appointments/rooms', perMinute);
  const key = { 'idempotency-key': 'eager-1' };
  expect((await busy.post('/appointments/rooms', { name: 'Room' }, key)).status).toBe(429);
  expect(await query(system.database.superuserUrl, 'select from appointment.idempotency')).toEqual([]);
});

describe('who shows no token that is known', () => {
  const bad = 'a.b.c';
  /** As a load balancer tells the service whom it forwards for. */
  const from = (address: string, token: string | undefined) =>
    new Client(system.direct.appointment.url, token).get('/appointments/rooms', {
      'x-forwarded-for': address,
    });
  const statusesFrom = async (address: string, token: string | undefined, times: number) => {
    const found = [];
    for (let sent = 0; sent < times; sent += 1) found.push((await from(address, token)).status);
    return found;
  };

  it('is counted by address, and refused there before any signature is checked', async () => {
    const known = await system.issuer.token({ subject: 'known' });
    expect((await from('203.0.113.1', known)).status).toBe(200);
    expect(await statusesFrom('203.0.113.1', bad, perMinute + 1)).toEqual([401, 401, 401, 429]);
    const unknown = await system.issuer.token({ subject: 'unknown' });
    const refused = await from('203.0.113.1', unknown);
    expect([refused.status, refused.body.code]).toEqual([429, 'too_many_requests']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect((await from('203.0.113.1', known)).status).toBe(200);
    expect((await from('203.0.113.2', unknown)).status).toBe(200);
  });

  it('is not counted when the token turns out good', async () => {
    for (const subject of ['first', 'second', 'third', 'fourth', 'fifth'])
      expect((await from('203.0.113.3', await system.issuer.token({ subject }))).status).toBe(200);
  });

  it('all at once gets no further than one by one', async () => {
    const replies = await Promise.all(
      Array.from({ length: 20 }, async () =>
        from('203.0.113.4', await system.issuer.token({ expiresInSeconds: -60 })),
      ),
    );
    expect(replies.filter(({ status }) => status === 401)).toHaveLength(perMinute);
    expect(replies.filter(({ status }) => status === 429)).toHaveLength(20 - perMinute);
  });

  it('is one with its whole IPv6 network', async () => {
    for (const address of ['2001:db8::1', '2001:db8::2', '2001:db8::ffff:3'])
      expect((await from(address, bad)).status).toBe(401);
    expect((await from('2001:db8::4', bad)).status).toBe(429);
    expect((await from('2001:db8:0:1::4', bad)).status).toBe(401);
  });

  it('is known by what the one proxy before the service says, not by what it says of itself', async () => {
    expect(await statusesFrom('1.1.1.1, 203.0.113.5', bad, perMinute)).toEqual([401, 401, 401]);
    expect((await from('2.2.2.2, 203.0.113.5', bad)).status).toBe(429);
    expect((await from('203.0.113.5, 203.0.113.6', bad)).status).toBe(401);
  });

  it('can’t change that by a made-up X-Forwarded-For through the gateway', async () => {
    const forging = async (at: number) => {
      const client = new Client(system.url, bad);
      return (await client.get('/appointments/rooms', { 'x-forwarded-for': `198.51.100.${at}` })).status;
    };
    const found = [];
    for (let at = 0; at <= perMinute; at += 1) found.push(await forging(at));
    expect(found).toEqual([401, 401, 401, 429]);
  });
});

it('who shows no token is counted too, but never kept from health and documentation', async () => {
  const anyone = new Client(system.url, undefined);
  expect(await statuses(anyone, '/patients', perMinute + 1)).toEqual([401, 401, 401, 429]);
  for (const path of ['/patients/health/live', '/patients/health/ready', '/patients/docs'])
    expect(await statuses(anyone, path, perMinute + 2)).toEqual(Array(perMinute + 2).fill(200));
});
