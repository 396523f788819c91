import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Logger } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import type { Express, Request, RequestHandler, Response } from 'express';
import { DomainError } from '../problem/domain-error.ts';
import { tellWhenMade, type Admission } from './admission.ts';
import { answer } from './answering.ts';
import type { EdgeLimits } from './limits.ts';
import { answerWhatIsNoRequest } from './no-request.ts';
import { refuse } from './refusal.ts';
import { requestIdOf } from './request-id.ts';
import { RouteTable } from './route-table.ts';
import { layersOf } from './routes.ts';
import { answerAlways } from './security-headers.ts';

declare module 'http' {
  interface IncomingMessage {
    /** Why a step in front of Express lets it go no further. */
    fault?: unknown;
  }
}

/**
 * Nest's Express with a listener that slow, oversized and malformed senders can't hold, and too many can't overload. A
 * connection may carry any number of requests: closing it now and then would only cost the load balancer.
 *
 * What is done for every request is done in front of Express, and most then go straight to what answers their route: see
 * docs/decisions/0018-straight-to-the-route.md.
 */
export class EdgeAdapter extends ExpressAdapter {
  readonly #steps: RequestHandler[] = [];
  /** Layers of Express before all routes: Nest's own, for hooks that nobody may set, and ours. */
  readonly #ahead: number;
  #routes: RouteTable | undefined;

  /** @param lines headers that all answers have, as they go over the wire */
  constructor(
    express: Express,
    private readonly limits: EdgeLimits,
    private readonly admission: Admission,
    private readonly lines: string,
  ) {
    super(express);
    answerAlways(express.response, lines);
    tellWhenMade(express.response);
    express.use(({ fault }, _response, next) => {
      next(fault);
    });
    this.#ahead = layersOf(express).length;
  }

  /** Adds a step that every request takes before its route is looked for. */
  inFront(step: RequestHandler): void {
    this.#steps.push(step);
  }

  /** To be called some time before the listener closes, which ends connections that it takes for idle. */
  drain(): void {
    this.admission.drain();
  }

  /** What handlers answer, without an interceptor: see docs/decisions/0017-answers.md. */
  override reply(response: Response, result: unknown): Promise<void> {
    return answer(response, result);
  }

  override setOnRequestHook(): never {
    throw new Error('A request goes past Nest’s hooks: add a step by inFront().');
  }

  override setOnResponseHook(): never {
    return this.setOnRequestHook();
  }

  override initHttpServer(): void {
    const { limits, lines } = this;
    const admitted = this.admission.before((request, response) => {
      if (isReadable(request as Request)) this.#serve(request as Request, response as Response);
      else refuseUnhandled(undefined, request, response);
    });
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
      (request, response) => {
        this.#adopt(request as Request, response as Response);
        admitted(request, response);
      },
    );
    server.maxConnections = limits.connections;
    server.maxHeadersCount = limits.headers;
    // An expectation that we don't know is ignored, as RFC 9110, 10.1.1, allows.
    server.on('checkExpectation', (request, response) => server.emit('request', request, response));
    answerWhatIsNoRequest(server, lines);
    this.httpServer = server;
  }

  /** Makes them Express', as it does itself, before anybody answers. */
  #adopt(request: Request, response: Response): void {
    const express = this.getInstance<Express>();
    Object.setPrototypeOf(request, express.request);
    Object.setPrototypeOf(response, express.response);
    request.originalUrl = request.url;
    request.res = response;
  }

  #serve(request: Request, response: Response, step = 0): void {
    const handle = this.#steps[step];
    if (!handle) this.#route(request, response);
    else
      take(handle, request, response, (fault) => {
        if (fault === undefined) this.#serve(request, response, step + 1);
        else this.#whole(request, response, fault);
      });
  }

  #route(request: Request, response: Response): void {
    const found = this.#routeTable().find(request.method, request.url);
    if (!found) {
      this.#whole(request, response);
      return;
    }
    request.route = found.route;
    request.params = found.params;
    take(
      found.handle,
      request,
      response,
      (error = new DomainError('not_found', 'Nothing is found under this path.')) => {
        this.#whole(request, response, error);
      },
    );
  }

  /** The whole way through Express. */
  #whole(request: Request, response: Response, fault?: unknown): void {
    request.fault = fault;
    this.getInstance<Express>()(request, response, (error?: unknown) => {
      refuseUnhandled(error, request, response);
    });
  }

  /** Made at the first request, when all routes are known. */
  #routeTable(): RouteTable {
    return (this.#routes ??= new RouteTable(layersOf(this.getInstance<Express>()).slice(this.#ahead)));
  }
}

/** As Express does: what a handler throws goes on as what it might have told. */
function take(
  handle: RequestHandler,
  request: Request,
  response: Response,
  next: (error?: unknown) => void,
): void {
  const fail = (error: unknown): void => {
    next(error instanceof Error ? error : new Error('A handler failed', { cause: error }));
  };
  try {
    const taken = handle(request, response, next);
    if (taken instanceof Promise) taken.catch(fail);
  } catch (error) {
    fail(error);
  }
}

/** What is no more than a path and a query for Express; it looks for a host in all else, `//a@[#` included. */
const pathAndQuery = /^\/[^\s#]*$/;

/** Whether Express finds a path in the target, which it is asked for wherever a request is told of. */
function isReadable(request: Request): boolean {
  if (pathAndQuery.test(request.url)) return true;
  try {
    return typeof request.path === 'string';
  } catch {
    return false;
  }
}

/** Answers a target without a path, or a failure of what answers failures. */
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
