import { createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort } from '../../tools/processes.ts';
import { startProcesses, type ProcessSystem, type ServiceProcess } from '../harness/processes.ts';
import { Collector } from './collector.ts';

let system: ProcessSystem;
let service: ServiceProcess;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'clinic-telemetry-'));
  system = await startProcesses();
  service = system.services.patient;
});
afterAll(async () => {
  await system.stop();
  await rm(directory, { recursive: true });
});

async function restart(environment: Record<string, string>): Promise<void> {
  await service.stop();
  await service.start(environment);
}

const list = async (): Promise<number> => (await system.direct.patient.get('/patients')).status;

describe('without a collector', () => {
  /** What a process loads is written down by a hook that it is started with. */
  async function loadedWith(environment: Record<string, string>): Promise<string> {
    const record = join(directory, `loaded-${String(Math.random())}`);
    await appendFile(record, '');
    const hook = `import { registerHooks } from 'node:module'; import { appendFileSync } from 'node:fs';
      registerHooks({ load(url, context, next) { appendFileSync(${JSON.stringify(record)}, url + '\\n'); return next(url, context); } });`;
    await restart({
      ...environment,
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(hook)}`,
    });
    expect(await list()).toBe(200);
    const files = (await readFile(record, 'utf8')).split('\n').filter((url) => url.startsWith('file:'));
    expect(files.length).toBeGreaterThan(3);
    return (await Promise.all(files.map((url) => readFile(new URL(url), 'utf8')))).join('\n');
  }

  it('nothing of the SDK is loaded', async () => {
    const sdk = /class \w*BatchSpanProcessor|var BatchSpanProcessor|OTLPTraceExporter/;
    expect(await loadedWith({})).not.toMatch(sdk);
    const collector = await Collector.start();
    const { url } = collector;
    expect(await loadedWith({ OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_SDK_DISABLED: 'true' })).not.toMatch(
      sdk,
    );
    await service.stop();
    expect(collector.connections).toBe(0);
    expect(await loadedWith({ OTEL_EXPORTER_OTLP_ENDPOINT: url })).toMatch(sdk);
    await service.stop();
    expect(collector.connections).toBeGreaterThan(0);
    collector.stop();
  });
});

const often = {
  OTEL_BSP_SCHEDULE_DELAY: '20',
  OTEL_METRIC_EXPORT_INTERVAL: '500',
  OTEL_EXPORTER_OTLP_TIMEOUT: '100',
};

describe('a collector that is away', () => {
  async function complaintsAfterRequests(endpoint: string): Promise<string[]> {
    await restart({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, ...often });
    for (let count = 0; count < 100; count += 1) {
      expect(await list()).toBe(200);
      await sleep(20);
    }
    return service.output.filter((line) => line.includes('collector'));
  }

  it('fails no request and is mentioned once for traces and once for metrics', async () => {
    const complaints = await complaintsAfterRequests(`http://127.0.0.1:${await freePort()}`);
    const messages = complaints.map((line) => (JSON.parse(line) as { msg: string }).msg);
    expect(messages.sort()).toEqual([
      'metrics can’t be told to the collector and are dropped',
      'traces can’t be told to the collector and are dropped',
    ]);
  });

  it('nor does one that takes everything and answers nothing', async () => {
    const silent: Server = createServer((socket) => socket.on('error', () => undefined)).listen(
      0,
      '127.0.0.1',
    );
    await once(silent, 'listening');
    const { port } = silent.address() as { port: number };
    expect(await complaintsAfterRequests(`http://127.0.0.1:${port}`)).toHaveLength(2);
    const since = Date.now();
    service.signal('SIGTERM');
    expect(await service.ended).toBe('exit code 0');
    expect(Date.now() - since).toBeLessThan(8_000);
    silent.close();
  });
});

it('on SIGTERM tells what is still untold', async () => {
  const collector = await Collector.start();
  const never = { OTEL_BSP_SCHEDULE_DELAY: '3600000', OTEL_METRIC_EXPORT_INTERVAL: '3600000' };
  await restart({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...never });
  expect(await list()).toBe(200);
  expect(collector.bodies).toEqual([]);
  service.signal('SIGTERM');
  expect(await service.ended).toBe('exit code 0');
  expect(collector.spans.map(({ name }) => name)).toContain('GET /patients');
  expect(collector.measures.map(({ name }) => name)).toContain('http.server.request.duration');
  collector.stop();
});
