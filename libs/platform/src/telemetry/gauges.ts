import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { metrics, type Meter } from '@opentelemetry/api';
import { Database } from '../database/database.ts';
import { QueueReport } from '../events/queue-report.ts';
import { scopeName } from './span.ts';

/** What is looked at whenever metrics are told: the pool, the jobs, the process. */
@Injectable()
export class Gauges implements OnApplicationBootstrap {
  constructor(
    private readonly database: Database,
    private readonly jobs: QueueReport,
  ) {}

  onApplicationBootstrap(): void {
    const meter = metrics.getMeter(scopeName);
    this.#observePool(meter);
    this.#observeJobs(meter);
    observeProcess(meter);
  }

  /** https://opentelemetry.io/docs/specs/semconv/db/database-metrics/#connection-pools */
  #observePool(meter: Meter): void {
    const { pool } = this.database;
    const name = { 'db.client.connection.pool.name': 'database' };
    const count = meter.createObservableUpDownCounter('db.client.connection.count', { unit: '{connection}' });
    const max = meter.createObservableUpDownCounter('db.client.connection.max', { unit: '{connection}' });
    const waiting = meter.createObservableUpDownCounter('db.client.connection.pending_requests', {
      unit: '{request}',
    });
    const state = 'db.client.connection.state';
    meter.addBatchObservableCallback(
      (result) => {
        result.observe(count, pool.idleCount, { ...name, [state]: 'idle' });
        result.observe(count, pool.totalCount - pool.idleCount, { ...name, [state]: 'used' });
        result.observe(max, pool.options.max, name);
        result.observe(waiting, pool.waitingCount, name);
      },
      [count, max, waiting],
    );
  }

  /** Of all services, told by each of them: the largest number counts, as in the log. */
  #observeJobs(meter: Meter): void {
    const waiting = meter.createObservableGauge('clinic.jobs.waiting', { unit: '{job}' });
    const age = meter.createObservableGauge('clinic.jobs.oldest_age', {
      unit: 's',
      description: 'Since the oldest job that is not done was sent or became due',
    });
    const dead = meter.createObservableGauge('clinic.jobs.dead', { unit: '{job}' });
    meter.addBatchObservableCallback(
      async (result) => {
        const numbers = await this.jobs.count();
        if (!numbers) return;
        result.observe(waiting, numbers.waitingJobs);
        result.observe(age, numbers.oldestJobSeconds);
        result.observe(dead, numbers.deadJobs);
      },
      [waiting, age, dead],
    );
  }
}

/** https://opentelemetry.io/docs/specs/semconv/system/process-metrics/ and https://opentelemetry.io/docs/specs/semconv/runtime/nodejs-metrics/ */
function observeProcess(meter: Meter): void {
  meter.createObservableUpDownCounter('process.memory.usage', { unit: 'By' }).addCallback((result) => {
    result.observe(process.memoryUsage.rss());
  });
  meter.createObservableCounter('process.cpu.time', { unit: 's' }).addCallback((result) => {
    const { user, system } = process.cpuUsage();
    result.observe(user / 1e6, { 'cpu.mode': 'user' });
    result.observe(system / 1e6, { 'cpu.mode': 'system' });
  });
  let before = performance.eventLoopUtilization();
  meter.createObservableGauge('nodejs.eventloop.utilization', { unit: '1' }).addCallback((result) => {
    const now = performance.eventLoopUtilization();
    result.observe(performance.eventLoopUtilization(now, before).utilization);
    before = now;
  });
}
