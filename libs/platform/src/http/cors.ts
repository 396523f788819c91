import type { Express, NextFunction, Request, Response } from 'express';
import { allowedMethods } from './routes.ts';

/** Answers a page may read beside the few that a browser always shows it. */
const exposed = 'ETag, Idempotency-Replayed, Location, Retry-After, WWW-Authenticate, X-Request-Id';
const accepted =
  'Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-Purpose-Of-Use, X-Request-Id, traceparent, tracestate';
/** So long a browser needn't ask again. */
const preflightSeconds = '600';

/**
 * Lets pages of the listed origins, and of no others, call from a browser (https://fetch.spec.whatwg.org/#http-cors-protocol).
 * To anybody else answers are those of a service without CORS. No credentials: callers show a token, never a cookie.
 */
export function allowOrigins(app: Express, origins: readonly string[]) {
  const allowed = new Set(origins);
  return (request: Request, response: Response, next: NextFunction): void => {
    response.vary('Origin');
    const { origin } = request.headers;
    if (origin === undefined || !allowed.has(origin)) {
      next();
      return;
    }
    response.set('Access-Control-Allow-Origin', origin);
    response.set('Access-Control-Expose-Headers', exposed);
    const methods = allowedMethods(app, request.path);
    const isPreflight =
      request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
    if (!isPreflight || methods.length === 0) {
      next();
      return;
    }
    response.set({
      'Access-Control-Allow-Methods': methods.join(', '),
      'Access-Control-Allow-Headers': accepted,
      'Access-Control-Max-Age': preflightSeconds,
    });
    response.status(204).end();
  };
}
