import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Clinic } from '../harness/clinic.ts';
import { somebodyNew } from '../harness/people.ts';
import { startProcesses, type ProcessSystem, type ServiceProcess } from '../harness/processes.ts';
import { query } from '../harness/sql.ts';
import { Collector, until, type Span } from './collector.ts';

let collector: Collector;
let system: ProcessSystem;
let clinic: Clinic;

beforeAll(async () => {
  collector = await Collector.start();
  system = await startProcesses({
    environment: {
      LOG_LEVEL: 'info',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_BSP_SCHEDULE_DELAY: '50',
      OTEL_METRIC_EXPORT_INTERVAL: '200',
    },
  });
  clinic = new Clinic(system.staff);
});
afterAll(async () => {
  await system.stop();
  collector.stop();
});

const serverKind = 2;

/** A trace that a caller begins. */
function begun(): { traceId: string; spanId: string; traceparent: string } {
  const [traceId, spanId] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')];
  return { traceId, spanId, traceparent: `00-${traceId}-${spanId}-01` };
}

const isServer = ({ kind }: Span): boolean => kind === serverKind;
const named = (spans: readonly Span[], name: string): Span => {
  const found = spans.find((span) => span.name === name);
  if (!found) throw new Error(`no ${name} among ${spans.map((span) => span.name).join(', ')}`);
  return found;
};

/** The line of the log about a request. */
async function lineOf({ output }: ServiceProcess, requestId: string): Promise<Record<string, unknown>> {
  const find = () => output.find((line) => line.includes(`"requestId":"${requestId}"`));
  await until(
    () => find() !== undefined,
    () => output,
  );
  return JSON.parse(find() ?? '') as Record<string, unknown>;
}

/** Jobs that are fetched together are one span, so whoever looks for his own waits until there are no others. */
async function allJobsDone(): Promise<void> {
  const open = `select from jobs.job where name = 'patient-changed' and state <= 'active'`;
  while ((await query(system.database.superuserUrl, open)).length > 0) await sleep(25);
}

describe('a booking through the gateway', () => {
  let spans: Span[];
  let server: Span;
  const { traceId, spanId, traceparent } = begun();

  beforeAll(async () => {
    const visit = await clinic.visit();
    const headers = { traceparent, 'x-request-id': 'booking-1' };
    expect((await system.staff.post('/appointments', visit, headers)).status).toBe(201);
    spans = await collector.trace(traceId, (told) => told.some(isServer));
    server = named(spans, 'POST /appointments');
  });

  it('is one span of the service, which continues the caller’s trace', () => {
    expect(spans.filter(isServer)).toEqual([server]);
    expect(server).toMatchObject({ service: 'appointment', parentSpanId: spanId });
  });

  it('is told by its route, status and request id, and by nothing else', () => {
    expect(server.attributes).toEqual({
      'http.request.method': 'POST',
      'http.route': '/appointments',
      'http.response.status_code': 201,
      'url.scheme': 'http',
      'clinic.request_id': 'booking-1',
    });
  });

  it('holds its transaction, and that its statements', () => {
    const transaction = named(spans, 'transaction');
    expect(transaction.parentSpanId).toBe(server.spanId);
    const statements = spans.filter(({ parentSpanId }) => parentSpanId === transaction.spanId);
    const names = statements.map(({ name }) => name);
    expect(names.at(0)).toBe('begin');
    expect(names.at(-1)).toBe('commit');
    expect(names.length).toBeGreaterThan(4);
    for (const { attributes, name } of statements)
      expect(attributes).toEqual({ 'db.system.name': 'postgresql', 'db.query.summary': name });
  });

  it('leaves no span without its parent', () => {
    const known = new Set([spanId, ...spans.map((span) => span.spanId)]);
    expect(spans.filter(({ parentSpanId }) => !known.has(parentSpanId ?? ''))).toEqual([]);
  });

  it('is found in the log by its trace and span', async () => {
    const line = await lineOf(system.services.appointment, 'booking-1');
    expect(line).toMatchObject({ msg: 'answered', status: 201, traceId, spanId: server.spanId });
  });
});

it('the trace of a registration goes on in the service that is told of it, and the job keeps no more than ids', async () => {
  await allJobsDone();
  const { traceId, traceparent } = begun();
  const headers = { traceparent, tracestate: 'vendor=secret', baggage: 'who=secret' };
  expect((await system.staff.post('/patients', somebodyNew(), headers)).status).toBe(201);
  const spans = await collector.trace(traceId, (told) =>
    told.some(({ name }) => name === 'process patient-changed'),
  );
  const sent = named(spans, 'send patient-changed');
  expect(sent.service).toBe('patient');
  const processed = named(spans, 'process patient-changed');
  expect(processed).toMatchObject({ service: 'appointment', parentSpanId: sent.spanId });
  const transaction = spans.find(({ parentSpanId }) => parentSpanId === processed.spanId);
  expect(transaction).toMatchObject({ service: 'appointment', name: 'transaction' });
  const kept = await query<{ context: object }>(
    system.database.superuserUrl,
    `select trace_context as context from jobs.job where trace_context ->> 'traceparent' like '%${traceId}%'`,
  );
  expect(kept.map(({ context }) => Object.keys(context))).toEqual([['traceparent']]);
});

it('a request that continues no trace begins one, which is in the log', async () => {
  await system.staff.get('/patients', {
    'x-request-id': 'begins-1',
    traceparent: `00-${'0'.repeat(32)}-1-01`,
  });
  const { traceId, spanId } = await lineOf(system.services.patient, 'begins-1');
  expect(traceId).toMatch(/^(?!0{32})[\da-f]{32}$/);
  const spans = await collector.trace(String(traceId), (told) => told.some(isServer));
  expect(named(spans, 'GET /patients').spanId).toBe(spanId);
  expect(named(spans, 'GET /patients').parentSpanId ?? '').toBe('');
});

it('a trace that its caller does not record is not told', async () => {
  const [unrecorded, recorded] = [begun(), begun()];
  await system.staff.get('/patients', { traceparent: unrecorded.traceparent.replace(/01$/, '00') });
  await system.staff.get('/patients', { traceparent: recorded.traceparent });
  await collector.trace(recorded.traceId, (told) => told.some(isServer));
  expect(collector.spans.filter(({ traceId }) => traceId === unrecorded.traceId)).toEqual([]);
});

it('health is not told, though it is asked for', async () => {
  expect((await system.direct.patient.get('/patients/health/live')).status).toBe(200);
  const { traceId, traceparent } = begun();
  await system.staff.get('/patients', { traceparent });
  await collector.trace(traceId, (told) => told.some(isServer));
  const routes = collector.spans.filter(isServer).map(({ name }) => name);
  expect(routes).toContain('GET /patients');
  expect(routes.filter((name) => name.includes('health'))).toEqual([]);
});

describe('what is measured', () => {
  it('is the duration of requests by route and status', async () => {
    const absent = '/patients/01890000-0000-7000-8000-000000000000';
    for (let count = 0; count < 3; count += 1) expect((await system.staff.get(absent)).status).toBe(404);
    const fits = { 'http.route': '/patients/:id', 'http.response.status_code': 404 };
    const measured = await collector.measure(
      'patient',
      'http.server.request.duration',
      ({ attributes, value }) =>
        value === 3 && Object.entries(fits).every(([key, value]) => attributes[key] === value),
    );
    expect(measured.unit).toBe('s');
    expect(measured.attributes).toEqual({ 'http.request.method': 'GET', 'url.scheme': 'http', ...fits });
  });

  it.each([
    ['db.client.connection.max', 10, 10],
    ['db.client.connection.count', 0, 10],
    ['db.client.connection.pending_requests', 0, 0],
    ['clinic.jobs.waiting', 0, 100],
    ['clinic.jobs.oldest_age', 0, 60],
    ['clinic.jobs.dead', 0, 0],
    ['clinic.requests.waiting', 0, 0],
    ['clinic.connections.paused', 0, 0],
    ['process.memory.usage', 3e7, 1e9],
    ['process.cpu.time', 0.01, 1000],
    ['nodejs.eventloop.utilization', 0, 1],
  ])('is %s', async (name, least, most) => {
    for (const service of ['patient', 'appointment']) {
      const { value } = await collector.measure(service, name);
      expect(value).toBeGreaterThanOrEqual(least);
      expect(value).toBeLessThanOrEqual(most);
    }
  });

  it('are jobs that wait, and how long the oldest does', async () => {
    await query(
      system.database.superuserUrl,
      `insert into jobs.job (name, data, state, created_on, start_after)
       values ('patient-changed', '{}', 'active', now() - interval '100 s', now() - interval '100 s')`,
    );
    const { value } = await collector.measure(
      'patient',
      'clinic.jobs.oldest_age',
      (each) => each.value >= 100,
    );
    expect(value).toBeLessThan(160);
    await query(system.database.superuserUrl, `delete from jobs.job where data = '{}'`);
  });
});
