import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Client } from '../harness/client.ts';
import { query } from '../harness/sql.ts';
import { startSystem, type System } from '../harness/system.ts';

const prefixes = ['/patients', '/appointments'];

let system: System;
let anyone: Client;
let database: string;
let maintenanceUrl: string;

beforeAll(async () => {
  system = await startSystem();
  anyone = new Client(system.url, undefined);
  const url = new URL(system.database.superuserUrl);
  database = url.pathname.slice(1);
  maintenanceUrl = Object.assign(url, { pathname: '/postgres' }).href;
});
afterAll(async () => {
  await letIn(true);
  await system.stop();
});

/** Whether the database takes connections; when not, those it has are cut. */
async function letIn(allowed: boolean): Promise<void> {
  await query(maintenanceUrl, `alter database ${database} with allow_connections ${allowed}`);
  if (!allowed)
    await query(maintenanceUrl, 'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [
      database,
    ]);
}

async function health(probe: 'live' | 'ready'): Promise<number[]> {
  const replies = await Promise.all(prefixes.map((prefix) => anyone.get(`${prefix}/health/${probe}`)));
  for (const { headers } of replies) expect(headers.get('cache-control')).toBe('no-store');
  return replies.map(({ status }) => status);
}

it('while all is well a service is live and ready', async () => {
  expect([await health('live'), await health('ready')]).toEqual([
    [200, 200],
    [200, 200],
  ]);
});

it('while the database is away a service is live and not ready, tells callers to try again, and recovers by itself', async () => {
  await letIn(false);
  expect([await health('live'), await health('ready')]).toEqual([
    [200, 200],
    [503, 503],
  ]);
  const refused = await system.staff.get('/patients');
  expect([refused.status, refused.body.code]).toEqual([503, 'unavailable']);
  expect(refused.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
  await letIn(true);
  while ((await health('ready')).some((status) => status !== 200)) await delay(50);
  expect((await system.staff.get('/patients')).status).toBe(200);
});
