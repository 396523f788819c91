import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, jest } from '@jest/globals';
import { Client } from '../harness/client.ts';
import { TestIssuer } from '../harness/issuer.ts';
import { startSystem, type System } from '../harness/system.ts';

const claims = { scope: 'clinic/schedules.read' };
const cooldownMs = 1_000;

let issuer: TestIssuer;
let system: System;

beforeAll(async () => {
  issuer = await TestIssuer.start();
  system = await startSystem({ OIDC_ISSUER: issuer.url, OIDC_AUDIENCE: 'clinic' });
});
beforeEach(async () => {
  while ((await statusOf(await issuer.token(claims))) !== 200) await delay(100);
});
afterEach(() => {
  jest.restoreAllMocks();
});
afterAll(async () => {
  await system.stop();
  await issuer.stop();
});

async function statusOf(token: string): Promise<number> {
  return (await new Client(system.url, token).get('/appointments/rooms')).status;
}

function setClockAhead(minutes: number): void {
  jest
    .spyOn(Date, 'now')
    .mockImplementation(() => performance.timeOrigin + performance.now() + minutes * 60_000);
}

it('while the issuer is away known tokens and new ones of known keys go on', async () => {
  const known = await issuer.token(claims);
  expect(await statusOf(known)).toBe(200);
  await issuer.stop();
  const fresh = await issuer.token({ ...claims, sub: 'new' });
  expect([await statusOf(known), await statusOf(fresh)]).toEqual([200, 200]);
  await issuer.restart();
});

it('keys that are old by then serve another hour, forged tokens are refused all the same', async () => {
  const inTwoHours = Math.floor(Date.now() / 1000) + 7200;
  const token = await issuer.token({ ...claims, exp: inTwoHours });
  const forged = await issuer.forged({ ...claims, exp: inTwoHours });
  await issuer.stop();
  setClockAhead(11);
  expect([await statusOf(token), await statusOf(forged)]).toEqual([200, 401]);
  setClockAhead(69);
  expect([await statusOf(token), await statusOf(forged)]).toEqual([200, 401]);
  setClockAhead(71);
  expect(await statusOf(token)).toBe(503);
  jest.restoreAllMocks();
  await issuer.restart();
});

it('when it is back with other keys, a withdrawn one is refused', async () => {
  const old = await issuer.token(claims);
  await issuer.stop();
  setClockAhead(11);
  expect(await statusOf(old)).toBe(200);
  await issuer.rotate();
  await issuer.restart();
  await delay(cooldownMs);
  while ((await statusOf(old)) === 200) await delay(50);
  expect(await statusOf(old)).toBe(401);
  expect(await statusOf(await issuer.token(claims))).toBe(200);
});

it('a storm of made-up keys is refused without a storm on the issuer, and keeps nobody out', async () => {
  const good = await issuer.token(claims);
  const storm = await Promise.all(
    Array.from({ length: 300 }, (_, at) => issuer.tokenWithHeader({ kid: `made-up-${at}` }, claims)),
  );
  await delay(cooldownMs);
  const askedBefore = issuer.asked;
  const began = performance.now();
  const statuses = await Promise.all(storm.map(statusOf));
  expect(new Set(statuses)).toEqual(new Set([401]));
  expect(await statusOf(good)).toBe(200);
  const seconds = (performance.now() - began) / 1000;
  expect(issuer.asked - askedBefore).toBeLessThanOrEqual(1 + Math.ceil(seconds));
  expect(issuer.asked - askedBefore).toBeGreaterThanOrEqual(1);
});

it('a key that is new is accepted at once amid such a storm’s aftermath, the withdrawn one no more', async () => {
  const old = await issuer.token(claims);
  await issuer.rotate();
  const fresh = await issuer.token(claims);
  await delay(cooldownMs);
  expect([await statusOf(fresh), await statusOf(old)]).toEqual([200, 401]);
});
