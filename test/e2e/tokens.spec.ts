import { setTimeout as delay } from 'node:timers/promises';
import { Controller, Get, Module } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, expect, it, jest } from '@jest/globals';
import { serviceNamed } from '#catalogue';
import { createApp, readConfig } from '#platform';
import { Client } from '../harness/client.ts';
import { TestIssuer } from '../harness/issuer.ts';
import { startSystem, type System } from '../harness/system.ts';

const claims = { scope: 'clinic/schedules.read' };

let issuer: TestIssuer;
let system: System;

beforeAll(async () => {
  issuer = await TestIssuer.start();
  system = await startSystem({ OIDC_ISSUER: issuer.url, OIDC_CLIENT_IDS: 'front-desk,patient-app' });
});
afterAll(async () => {
  await system.stop();
  await issuer.stop();
});
afterEach(async () => {
  await accepted(await issuer.token(claims));
});

async function statusWith(token: string): Promise<number> {
  return (await new Client(system.url, token).get('/appointments/rooms')).status;
}

/** Waits until a token opens the door; the test's own time limit is the end of patience. */
async function accepted(token: string): Promise<void> {
  while ((await statusWith(token)) !== 200) await delay(100);
}

it('a token of a key that the issuer has changed to is accepted while the service runs, the old one no more', async () => {
  const old = await issuer.token(claims);
  expect(await statusWith(old)).toBe(200);
  await issuer.rotate();
  await accepted(await issuer.token(claims));
  expect(await statusWith(old)).toBe(401);
});

it('a token of a key that the issuer has withdrawn is accepted for ten minutes at most while the issuer answers, however often it comes', async () => {
  const old = await issuer.token(claims);
  expect(await statusWith(old)).toBe(200);
  await issuer.rotate();
  const realNow = Date.now;
  const clock = jest.spyOn(Date, 'now');
  const statusAfter = (minutes: number) => {
    clock.mockImplementation(() => realNow() + minutes * 60_000);
    return statusWith(old);
  };
  expect([await statusAfter(9), await statusAfter(11)]).toEqual([200, 401]);
  clock.mockRestore();
});

it('an access token as Cognito makes them, with a client and no audience, is accepted for the clients that are named', async () => {
  const ofClient = (client_id: unknown) => issuer.token({ ...claims, aud: undefined, client_id });
  expect(await statusWith(await ofClient('front-desk'))).toBe(200);
  expect(await statusWith(await ofClient('patient-app'))).toBe(200);
  expect(await statusWith(await ofClient('someone-else'))).toBe(401);
  expect(await statusWith(await ofClient(['front-desk']))).toBe(401);
});

it('an audience may be one of several', async () => {
  expect(await statusWith(await issuer.token({ ...claims, aud: ['other', 'clinic'] }))).toBe(200);
  expect(await statusWith(await issuer.token({ ...claims, aud: ['other'] }))).toBe(401);
});

it('a route that states no access rule stops the start and is named', async () => {
  @Controller('appointments/backdoor')
  class BackDoor {
    @Get()
    enter(): string {
      return 'in';
    }
  }
  @Module({ controllers: [BackDoor] })
  class BackDoorModule {}
  const service = serviceNamed('appointment');
  const config = readConfig(service, {
    LOG_LEVEL: 'silent',
    DATABASE_URL: system.database.urlOf(service.name),
    OIDC_ISSUER: issuer.url,
    OIDC_AUDIENCE: 'clinic',
  });
  const definition = { service, title: 'With a back door', module: BackDoorModule, queues: [] };
  await expect(createApp(definition, config)).rejects.toThrow('BackDoor.enter');
});
