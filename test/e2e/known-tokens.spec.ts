import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it, jest } from '@jest/globals';
import { Client } from '../harness/client.ts';
import { TestIssuer } from '../harness/issuer.ts';
import { startSystem, type System } from '../harness/system.ts';
import { until } from '../harness/until.ts';

const perMinute = 4;
const claims = { scope: 'clinic/schedules.read', exp: Math.floor(Date.now() / 1000) + 7200 };
const cooldownMs = 1_000;

let issuer: TestIssuer;
let system: System;

beforeAll(async () => {
  issuer = await TestIssuer.start();
  system = await startSystem({
    OIDC_ISSUER: issuer.url,
    OIDC_AUDIENCE: 'clinic',
    RATE_LIMIT_PER_MINUTE: String(perMinute),
  });
});
afterEach(() => {
  jest.restoreAllMocks();
});
afterAll(async () => {
  await system.stop();
  await issuer.stop();
});

async function statusOf(token: string, address: string): Promise<number> {
  return statusFor(`Bearer ${token}`, address);
}

async function statusFor(authorization: string, address: string): Promise<number> {
  const client = new Client(system.direct.appointment.url, undefined);
  return (await client.get('/appointments/rooms', { authorization, 'x-forwarded-for': address })).status;
}

/** From here on no signature is checked for this address: who is let in is known. */
async function exhaust(address: string): Promise<void> {
  await until('the address has no tries left', async () => (await statusOf('a.b.c', address)) === 429);
}

function setClockAhead(minutes: number): void {
  jest
    .spyOn(Date, 'now')
    .mockImplementation(() => performance.timeOrigin + performance.now() + minutes * 60_000);
}

it('a token is known from its first request on', async () => {
  const token = await issuer.token({ ...claims, sub: 'first' });
  expect(await statusOf(token, '203.0.113.1')).toBe(200);
  await exhaust('203.0.113.1');
  expect(await statusOf(token, '203.0.113.1')).toBe(200);
  expect(await statusOf(await issuer.token({ ...claims, sub: 'other' }), '203.0.113.1')).toBe(429);
});

it('a token is known by one spelling of its header, whatever others it is sent in', async () => {
  const token = await issuer.token({ ...claims, sub: 'speller' });
  expect(await statusFor(`bearer   ${token}`, '203.0.113.7')).toBe(200);
  await exhaust('203.0.113.7');
  expect(await statusFor(`bearer   ${token}`, '203.0.113.7')).toBe(429);
  expect(await statusFor(`Bearer ${token}`, '203.0.113.7')).toBe(200);
});

it('no made-up key makes a token forgotten', async () => {
  const token = await issuer.token({ ...claims, sub: 'known' });
  expect(await statusOf(token, '203.0.113.2')).toBe(200);
  await delay(cooldownMs);
  const askedBefore = issuer.asked;
  expect(await statusOf(await issuer.tokenWithHeader({ kid: 'made-up' }, claims), '203.0.113.3')).toBe(401);
  expect(issuer.asked).toBe(askedBefore + 1);
  await exhaust('203.0.113.2');
  expect(await statusOf(token, '203.0.113.2')).toBe(200);
});

it('a key that is published in place of its own makes it forgotten', async () => {
  const token = await issuer.token({ ...claims, sub: 'rotated' });
  expect(await statusOf(token, '203.0.113.4')).toBe(200);
  await issuer.rotate();
  await delay(cooldownMs);
  expect(await statusOf(await issuer.token({ ...claims, sub: 'new' }), '203.0.113.5')).toBe(200);
  expect(await statusOf(token, '203.0.113.4')).toBe(401);
});

it('a token is known on while the issuer is away, until its keys are too old', async () => {
  const token = await issuer.token({ ...claims, sub: 'lasting' });
  expect(await statusOf(token, '203.0.113.6')).toBe(200);
  await issuer.stop();
  setClockAhead(11);
  expect(await statusOf(token, '203.0.113.6')).toBe(200);
  await exhaust('203.0.113.6');
  expect(await statusOf(token, '203.0.113.6')).toBe(200);
  setClockAhead(71);
  expect(await statusOf(token, '203.0.113.6')).toBe(503);
  await issuer.restart();
});

it('an issuer that is away keeps nobody out once it is back', async () => {
  await issuer.stop();
  setClockAhead(140);
  const token = await issuer.token({ ...claims, sub: 'patient', exp: claims.exp + 7200 });
  for (let sent = 0; sent <= perMinute; sent += 1) expect(await statusOf(token, '203.0.113.7')).toBe(503);
  await issuer.restart();
  await delay(cooldownMs);
  expect(await statusOf(token, '203.0.113.7')).toBe(200);
});
