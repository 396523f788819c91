import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Logger } from '@nestjs/common';
import { SpanStatusCode, trace } from '@opentelemetry/api';
import { expect, it } from '@jest/globals';
import { startSdk } from './sdk.ts';

it('tells that something failed, never what a library says of it', async () => {
  let told = '';
  const server = createServer((request, response) => {
    request.on('data', (chunk) => (told += String(chunk)));
    request.on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const config = {
    tracesUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`,
    metricsUrl: undefined,
    sampler: 'always_on',
    samplerRatio: 1,
    traceDelayMs: 60_000,
    metricIntervalMs: 60_000,
  } as const;
  const telemetry = startSdk('patient', config, new Logger());
  const span = trace.getTracer('library').startSpan('work');
  span.recordException(new Error('secret exception'));
  span.setStatus({ code: SpanStatusCode.ERROR, message: 'secret status' }).end();
  await telemetry.stop();
  server.close();
  expect(told).toContain('"name":"work"');
  expect(told).toContain(`"code":${SpanStatusCode.ERROR}`);
  expect(told).not.toContain('secret');
});
