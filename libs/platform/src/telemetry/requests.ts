import {
  context,
  metrics,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
} from '@opentelemetry/api';
import type { RequestHandler, Request, Response } from 'express';
import { healthPaths, type Service } from '#catalogue';
import { routePattern } from '../http/routes.ts';
import { scopeName } from './span.ts';

/** https://opentelemetry.io/docs/specs/semconv/http/http-metrics/#metric-httpserverrequestduration */
const bucketSeconds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/**
 * One span and one measure of each request: by its route's pattern, never by its URL, whose parts are ids. Health is left
 * out, which is asked for every few seconds.
 * https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server
 */
export function observeRequests(service: Service): RequestHandler {
  const tracer = trace.getTracer(scopeName);
  const duration = metrics.getMeter(scopeName).createHistogram('http.server.request.duration', {
    description:
      'From the first byte read of a request until its answer is sent or nobody waits for it any more',
    unit: 's',
    advice: { explicitBucketBoundaries: bucketSeconds },
  });
  const quiet = healthPaths(service);
  return (request, response, next) => {
    if (quiet.has(request.url)) {
      next();
      return;
    }
    const since = performance.now() - (request.waitedMs ?? 0);
    const caller = withoutState(propagation.extract(ROOT_CONTEXT, request.headers));
    const span = tracer.startSpan(request.method, { kind: SpanKind.SERVER, startTime: since }, caller);
    const own = trace.setSpan(caller, span);
    response.once('close', () => {
      const until = performance.now();
      const described = describe(request, response);
      duration.record((until - since) / 1000, described, own);
      const { 'http.route': route } = described;
      if (typeof route === 'string') span.updateName(`${request.method} ${route}`);
      span.setAttributes({ ...described, 'clinic.request_id': request.id });
      if (response.statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      // Told its beginning, it would take its end from another clock.
      span.end(until);
    });
    // The line of the log about the answer is written by a listener.
    context.bind(own, response);
    context.with(own, next);
  };
}

/** A caller's `tracestate` may say anything, of a person too: its ids and flags are enough to be part of its trace. */
function withoutState(caller: Context): Context {
  const span = trace.getSpanContext(caller);
  if (!span) return caller;
  const { traceId, spanId, traceFlags } = span;
  return trace.setSpanContext(caller, { traceId, spanId, traceFlags, isRemote: true });
}

function describe(request: Request, response: Response): Attributes {
  const { statusCode, headersSent, writableFinished } = response;
  const route = routePattern(request);
  const error = statusCode >= 500 ? String(statusCode) : writableFinished ? undefined : 'aborted';
  return {
    'http.request.method': request.method,
    'url.scheme': request.protocol,
    ...(route !== undefined && { 'http.route': route }),
    ...(headersSent && { 'http.response.status_code': statusCode }),
    ...(error !== undefined && { 'error.type': error }),
  };
}
