import { afterAll, beforeAll, expect, it } from '@jest/globals';
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

it('who shows no token is counted too, but never kept from health and documentation', async () => {
  const anyone = new Client(system.url, undefined);
  expect(await statuses(anyone, '/patients', perMinute + 1)).toEqual([401, 401, 401, 429]);
  for (const path of ['/patients/health/live', '/patients/health/ready', '/patients/docs'])
    expect(await statuses(anyone, path, perMinute + 2)).toEqual(Array(perMinute + 2).fill(200));
});
