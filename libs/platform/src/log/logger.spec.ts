import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import pg from 'pg';
import { serviceNamed } from '#catalogue';
import { readConfig } from '../config/config.ts';
import { answerRequestId } from '../http/request-id.ts';
import { createLogger } from './logger.ts';
import { NestLogger } from './nest-logger.ts';
import { logRequests } from './request-lines.ts';

const config = readConfig(serviceNamed('patient'), {
  DATABASE_URL: 'postgres://a:secret@h/d',
  OIDC_ISSUER: 'http://localhost',
  OIDC_AUDIENCE: 'clinic',
});

let lines: string[] = [];
const destination = new Writable({
  write(chunk, _encoding, done) {
    lines.push(String(chunk));
    done();
  },
});
const logger = createLogger(config, destination);

let server: Server | undefined;
afterEach(() => {
  lines = [];
  server?.close();
});

/** Answers every request with this status and waits for the line that says so. */
async function exchange(
  status: number,
  path: string,
  init: RequestInit = {},
  meanwhile: () => void = () => undefined,
): Promise<void> {
  const log = logRequests(logger, config.service);
  server = createServer((request, response) => {
    answerRequestId(request, response, () => undefined);
    log(request as never, response as never, meanwhile);
    Object.assign(request, { route: { path: '/patients/:id' }, caller: { subject: 'somebody' } });
    request.resume();
    response.writeHead(status).end();
  }).listen(0, '127.0.0.1');
  await new Promise((listening) => server?.once('listening', listening));
  await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, init);
  await new Promise((logged) => setImmediate(logged));
}

const request: RequestInit = {
  method: 'POST',
  headers: {
    authorization: 'Bearer secret-token',
    'x-secret': 'secret-header',
    'x-request-id': 'abc-1',
    traceparent: `00-${'a1'.repeat(16)}-${'b2'.repeat(8)}-01`,
  },
  body: 'secret-body',
};

it('tells an error by its class, code and place, also through Nest’s logger', () => {
  const log = new NestLogger(logger);
  log.warn({ err: Object.assign(new RangeError('secret-message'), { code: 'E_TEST' }) }, 'failed', 'Part');
  const { err, ...rest } = JSON.parse(lines[0] ?? '') as {
    err: { type: string; code: string; at: string[] };
  };
  expect([err.type, err.code]).toEqual(['RangeError', 'E_TEST']);
  expect(err.at.join()).toContain('logger.spec');
  expect(rest).toMatchObject({ level: 'warn', context: 'Part', msg: 'failed' });
  log.error(new RangeError('secret-message'), undefined, 'Part');
  log.error({ err: new RangeError('secret-message') }, undefined, 'Part');
  expect(lines).toHaveLength(3);
  expect(lines.join('')).not.toContain('secret');
});

it('tells what Nest says by itself, without its stack', () => {
  new NestLogger(logger).error('it failed', 'Error: it failed\n    at secret-place', 'Part');
  expect(JSON.parse(lines.join(''))).toMatchObject({ level: 'error', context: 'Part', msg: 'it failed' });
  expect(lines.join('')).not.toContain('secret');
});

it('tells what Nest says of no part of it, when it can’t stop for one', () => {
  Logger.overrideLogger(new NestLogger(logger));
  const error = new RangeError('secret-message');
  Logger.error(error, error.stack);
  Logger.error('it failed');
  expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(['error', 'it failed']);
  expect(lines.join('')).not.toContain('secret');
});

describe('the line of a request', () => {
  it.each([200, 404, 500])('tells its route’s pattern, caller, status and ids: %d', async (status) => {
    await exchange(status, '/patients/secret-id?name=secret-query', request);
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: status >= 500 ? 'error' : 'info',
      service: 'patient',
      method: 'POST',
      route: '/patients/:id',
      status,
      caller: 'somebody',
      requestId: 'abc-1',
      traceId: 'a1'.repeat(16),
    });
  });

  it('is not the only one that tells its id', async () => {
    await exchange(200, '/patients', request, () => {
      queueMicrotask(() => {
        new NestLogger(logger).log('in between', 'Part');
      });
    });
    const told = lines.map((line) => JSON.parse(line) as { msg: string; requestId: string });
    expect(told.map(({ msg, requestId }) => `${msg} ${requestId}`).sort()).toEqual([
      'answered abc-1',
      'in between abc-1',
    ]);
  });

  it('tells what the load balancer calls it, by which the access log of that is searched', async () => {
    const id = '1-67891233-abcdef012345678912345678';
    await exchange(200, '/patients', { headers: { 'x-amzn-trace-id': `Self=${id};Root=1-2-secret` } });
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ balancerTraceId: id });
    expect(lines[0]).not.toContain('secret');
  });

  it.each([`00-${'0'.repeat(32)}-${'b2'.repeat(8)}-01`, `ff-${'a1'.repeat(16)}-${'b2'.repeat(8)}-01`])(
    'tells no trace that is none: %s',
    async (traceparent) => {
      await exchange(200, '/patients', { headers: { traceparent } });
      expect(lines[0]).not.toContain('traceId');
    },
  );

  it.each([200, 500])('holds nothing of its URL, query, headers or body: %d', async (status) => {
    await exchange(status, '/patients/secret-id?name=secret-query', request);
    expect(lines).toHaveLength(1);
    expect(lines.join()).not.toContain('secret');
  });

  it('is left out for health, which is asked for every few seconds', async () => {
    await exchange(200, '/patients/health/live');
    expect(lines).toEqual([]);
  });
});

describe('an error in a line', () => {
  it('is told by class, code and place, not by its message, nor is its cause', () => {
    class Failure extends Error {
      readonly code = 'E_FAILURE';
    }
    const cause = new TypeError('secret cause\nsecret second line\n    secret third');
    logger.error({ err: new Failure('secret\n  secret', { cause }) }, 'it failed');
    expect(lines.join()).not.toContain('secret');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      msg: 'it failed',
      err: { type: 'Failure', code: 'E_FAILURE', cause: { type: 'TypeError' } },
    });
    expect(lines[0]).toContain('logger.spec.ts');
  });

  it('of the database is told by state, table and constraint, not by the values it quotes', () => {
    const err = Object.assign(new pg.DatabaseError('duplicate key value: secret', 1, 'error'), {
      code: '23505',
      detail: 'Key (name)=(secret) already exists.',
      where: 'secret',
      table: 'patient',
      constraint: 'patient_mrn_key',
    });
    logger.error({ err });
    expect(lines.join()).not.toContain('secret');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      err: { code: '23505', table: 'patient', constraint: 'patient_mrn_key' },
    });
  });

  it.each(['secret', { message: 'secret' }, null, undefined])(
    'may be anything that was thrown: %p',
    (err) => {
      logger.error({ err }, 'it failed');
      expect(lines.join()).not.toContain('secret');
    },
  );

  it('is no more when it is logged by itself', () => {
    logger.error(new Error('secret'));
    expect(lines.join()).not.toContain('secret');
  });
});
