import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { Job } from 'pg-boss';
import { Flag } from '#contracts';
import { JobConsumer } from './consumer.ts';

beforeAll(() => {
  Logger.overrideLogger(false);
});
afterAll(() => {
  Logger.overrideLogger(true);
});

class Light {
  @Flag() on!: boolean;
}

function job(id: string, data: unknown, retryCount = 0): Job<unknown> {
  const { signal } = new AbortController();
  return { id, name: 'lights', data, retryCount, expireInSeconds: 30, heartbeatSeconds: null, signal };
}

/** Carries out what is on. */
function consumer(failure: Error): JobConsumer<Light> {
  return new JobConsumer('lights', Light, (lights) =>
    lights.every(({ on }) => on) ? Promise.resolve() : Promise.reject(failure),
  );
}

const statuses = async (jobs: Job<unknown>[], failure = new Error('off')) =>
  (await consumer(failure).settle(jobs)).map(({ id, status }) => `${id} ${status}`).sort();

describe('a batch of jobs', () => {
  it('is done when all of it is', async () => {
    expect(await statuses([job('a', { on: true }), job('b', { on: true })])).toEqual([
      'a completed',
      'b completed',
    ]);
  });

  it('loses what is malformed at once', async () => {
    const jobs = [job('a', { on: true }), job('b', { on: 1 }), job('c', null), job('d', [])];
    expect(await statuses(jobs)).toEqual(['a completed', 'b deadletter', 'c deadletter', 'd deadletter']);
  });

  it('of a newer version, which says more than is known here, is carried out without it', async () => {
    const carriedOut: Light[] = [];
    const lights = new JobConsumer('lights', Light, async (payloads) => void carriedOut.push(...payloads));
    await lights.settle([job('a', { on: true, colour: { name: 'green' } })]);
    expect(carriedOut.map((light) => ({ ...light }))).toEqual([{ on: true }]);
  });

  it('is not held up by one that fails, which is tried four times in all', async () => {
    const jobs = [job('a', { on: true }), job('b', { on: false }), job('c', { on: false }, 3)];
    expect(await statuses(jobs)).toEqual(['a completed', 'b failed', 'c deadletter']);
  });

  it('comes again while the database is away, and buries nothing', async () => {
    const away = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const jobs = [job('a', { on: true }), job('b', { on: false }, 7)];
    expect(await statuses(jobs, away)).toEqual(['a failed', 'b failed']);
  });

  it('is carried out fifty at a time, and what is passing puts off no others than those', async () => {
    const jobs = Array.from({ length: 120 }, (_, index) => job(String(index), { on: index !== 60 }));
    const passing = new Error('connection terminated');
    const settled = await consumer(passing).settle(jobs);
    const putOff = settled.filter(({ status }) => status === 'failed').map(({ id }) => Number(id));
    expect(putOff).toEqual(Array.from({ length: 50 }, (_, index) => 50 + index));
    expect(settled.filter(({ status }) => status === 'completed')).toHaveLength(70);
  });
});
