import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from '../harness/client.ts';
import { exchangeRaw, portOf } from '../harness/raw.ts';
import { query } from '../harness/sql.ts';
import { startSystem, type System } from '../harness/system.ts';

const perMinute = 3;
const page = 'https://app.example';

let system: System;

beforeAll(async () => {
  system = await startSystem({ RATE_LIMIT_PER_MINUTE: String(perMinute), CORS_ORIGINS: page });
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

describe('what is refused before anybody asks who sends it', () => {
  const statusesOf = async (line: string, address: string, headers: string, times: number) => {
    const bytes = `${line} HTTP/1.1\r\nhost: a\r\nx-forwarded-for: ${address}\r\nconnection: close\r\n${headers}\r\n`;
    const found = [];
    for (let sent = 0; sent < times; sent += 1)
      found.push((await exchangeRaw(portOf(system.direct.patient.url), bytes)).status);
    return found;
  };

  it.each([
    ['an unknown path', '198.51.100.1', 'GET /patients/a/b', '', 404],
    ['a path that can’t be read', '198.51.100.2', 'GET /patients/%ZZ', '', 404],
    ['another method', '198.51.100.3', 'DELETE /patients', '', 405],
    ['what is no preflight', '198.51.100.4', 'OPTIONS /patients', `origin: ${page}\r\n`, 405],
    ['what can be read in two ways', '198.51.100.5', 'GET /patients', 'host: b\r\n', 400],
  ])('is counted by address all the same: %s', async (_, address, line, headers, status) => {
    const found = await statusesOf(line, address, headers, perMinute + 1);
    expect(found).toEqual([status, status, status, 429]);
    expect(await statusesOf('GET /patients', address, '', 1)).toEqual([429]);
  });

  it('is not what a caller who is known asks for under an id that is none', async () => {
    const anyone = await system.as({ subject: 'curious' });
    expect(await statuses(anyone, '/patients/nobody', perMinute)).toEqual([404, 404, 404]);
    expect(await statuses(await system.as({ subject: 'next' }), '/patients', 1)).toEqual([200]);
  });

  it('is no preflight, which browsers send for many behind one address', async () => {
    const headers = `origin: ${page}\r\naccess-control-request-method: GET\r\n`;
    const found = await statusesOf('OPTIONS /patients', '198.51.100.9', headers, perMinute + 2);
    expect(found).toEqual(Array(perMinute + 2).fill(204));
  });
});

it('who shows no token is counted too, but never kept from health and documentation', async () => {
  const anyone = new Client(system.url, undefined);
  expect(await statuses(anyone, '/patients', perMinute + 1)).toEqual([401, 401, 401, 429]);
  for (const path of ['/patients/health/live', '/patients/health/ready', '/patients/docs'])
    expect(await statuses(anyone, path, perMinute + 2)).toEqual(Array(perMinute + 2).fill(200));
});
