import { Module } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { serviceNamed } from '#catalogue';
import { createApp } from '../app.ts';
import { readConfig } from '../config/config.ts';
import { Lifecycle } from './health.ts';

@Module({})
class NothingOfItsOwn {}

const service = serviceNamed('patient');
let app: NestExpressApplication;
let url: string;

beforeAll(async () => {
  const config = readConfig(service, {
    // Nobody listens there: a service starts all the same.
    DATABASE_URL: 'postgres://patient:secret@127.0.0.1:1/clinic',
    OIDC_ISSUER: 'http://127.0.0.1:1',
    OIDC_AUDIENCE: 'clinic',
    LOG_LEVEL: 'silent',
  });
  app = await createApp({ service, title: 'Empty', module: NothingOfItsOwn, queues: [] }, config);
  await app.listen(0, '127.0.0.1');
  url = await app.getUrl();
});
afterAll(() => app.close());

async function answerOf(path: string): Promise<[number, unknown]> {
  const response = await fetch(`${url}${service.prefix}${path}`);
  return [response.status, await response.json()];
}

it('a service whose database is away from the start is live and not ready', async () => {
  expect(await answerOf('/health/live')).toEqual([200, { status: 'ok' }]);
  expect(await answerOf('/health/ready')).toEqual([503, { status: 'error', database: 'unreachable' }]);
});

it('a service that is draining is neither live nor ready, and still answers', async () => {
  app.get(Lifecycle).draining = true;
  expect(await answerOf('/health/live')).toEqual([503, { status: 'draining' }]);
  expect(await answerOf('/health/ready')).toEqual([503, { status: 'draining' }]);
  expect((await answerOf('/openapi.json'))[0]).toBe(200);
});
