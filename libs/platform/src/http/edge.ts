import { randomUUIDv7 } from 'node:crypto';
import {
  createServer,
  STATUS_CODES,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { Duplex } from 'node:stream';
import { Logger } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import type { Express, Request, Response } from 'express';
import { DomainError } from '../problem/domain-error.ts';
import type { Admission } from './admission.ts';
import { answer } from './answering.ts';
import { refuse, refusalMessage } from './refusal.ts';
import { requestIdOf } from './request-id.ts';

/** How long a connection may take, in ms, and what it may send before it is a request. */
export interface EdgeLimits {
  /** From a connection's or request's first moment to the end of its headers. */
  readonly headersMs: number;
  /** To the end of its body. */
  readonly requestMs: number;
  /** Between requests. */
  readonly keepAliveMs: number;
  /** How often the first two are looked at. */
  readonly checkMs: number;
  /** Request line and headers together, in bytes. */
  readonly headerBytes: number;
  /** Connections at once; more are closed unanswered. */
  readonly connections: number;
}

export const edgeLimits: EdgeLimits = {
  headersMs: 10_000,
  requestMs: 30_000,
  // Longer than a load balancer's idle time of 60 s, so it is never we who close a connection it is about to use.
  keepAliveMs: 65_000,
  checkMs: 1_000,
  headerBytes: 16_384,
  // A load balancer shares few among many clients; whatever else opens them may not take the task's memory.
  connections: 10_000,
};

/**
 * Nest's Express with a listener that slow, oversized and malformed senders can't hold, and too many can't overload. A
 * connection may carry any number of requests: closing it now and then would only cost the load balancer.
 */
export class EdgeAdapter extends ExpressAdapter {
  constructor(
    express: Express,
    private readonly limits: EdgeLimits,
    private readonly admission: Admission,
  ) {
    super(express);
  }

  /** What handlers answer, without an interceptor: see docs/decisions/0017-answers.md. */
  override reply(response: Response, result: unknown): Promise<void> {
    return answer(response, result);
  }

  override initHttpServer(): void {
    const { limits } = this;
    const express = this.getInstance<Express>();
    const server = createServer(
      {
        headersTimeout: limits.headersMs,
        requestTimeout: limits.requestMs,
        keepAliveTimeout: limits.keepAliveMs,
        connectionsCheckingInterval: limits.checkMs,
        maxHeaderSize: limits.headerBytes,
        // refuseAmbiguous asks for it, with an answer in our own form.
        requireHostHeader: false,
      },
      this.admission.before((request, response) => {
        express(request as Request, response as Response, (error?: unknown) => {
          refuseUnhandled(error, request, response);
        });
      }),
    );
    server.maxConnections = limits.connections;
    // An expectation that we don't know is ignored, as RFC 9110, 10.1.1, allows.
    server.on('checkExpectation', (request, response) => server.emit('request', request, response));
    answerWhatIsNoRequest(server);
    this.httpServer = server;
  }
}

/**
 * A target that Express finds no path in, such as `http://[`, comes past all that it knows; and nothing takes an error of
 * what takes errors.
 */
function refuseUnhandled(error: unknown, request: IncomingMessage, response: ServerResponse): void {
  const requestId = requestIdOf(request);
  const refusal =
    error === undefined
      ? new DomainError('not_found', 'The path can’t be read.')
      : new DomainError('internal_error', 'The request could not be completed.');
  const logger = new Logger('Edge');
  if (error === undefined) logger.log({ code: refusal.code, requestId }, 'refused without a path');
  else logger.error({ err: error, requestId }, 'unexpected failure');
  if (response.headersSent) response.destroy();
  else refuse(response, refusal, { requestId, instance: `urn:uuid:${requestId}` });
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/**
 * Whether bytes now would be read as the answer to what failed: an exchange that is over, or this one itself, unanswered and
 * behind no other (Node gives the socket to the first in line alone).
 */
function mayBeAnswered({ request, response }: Exchange): boolean {
  return request.complete ? response.writableFinished : response.socket !== null && !response.headersSent;
}

/** What Node's parser gives up on never becomes a request: it is answered here, in the form of all refusals. */
function answerWhatIsNoRequest(server: Server): void {
  const logger = new Logger('Edge');
  const open = new WeakMap<Duplex, Exchange>();
  server.prependListener('request', (request, response) => open.set(request.socket, { request, response }));
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const last = open.get(socket);
    const isTaken = last && !mayBeAnswered(last);
    if (isTaken || !socket.writable || error.code === 'ECONNRESET') {
      socket.destroy();
      return;
    }
    const requestId = randomUUIDv7();
    const refusal = refusalOf(error);
    logger.log({ code: refusal.code, requestId }, 'refused before it was a request');
    socket.write(answerTo(refusal, requestId));
    // Not only ended: the other side may never end its own.
    (socket as Duplex & { destroySoon(): void }).destroySoon();
  });
}

/** https://nodejs.org/api/http.html#event-clienterror */
function refusalOf({ code }: NodeJS.ErrnoException): DomainError {
  if (code === 'HPE_HEADER_OVERFLOW')
    return new DomainError('headers_too_large', 'Send a shorter path and fewer or shorter headers.');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new DomainError('request_timeout', 'Send the whole request without delay.');
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW')
    return new DomainError('payload_too_large', 'Send chunks without extensions.');
  return new DomainError('malformed_request', 'Send a request as HTTP/1.1 has it (RFC 9112).');
}

function answerTo(refusal: DomainError, requestId: string): string {
  const { status, headers, body } = refusalMessage(refusal, { requestId, instance: `urn:uuid:${requestId}` });
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Connection: close',
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    '',
    body,
  ].join('\r\n');
}
