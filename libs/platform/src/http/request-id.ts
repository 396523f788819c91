import { randomUUIDv7 } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** Takes over `X-Request-Id` when it is well formed, else makes one; answers it on every response. */
export function answerRequestId(request: IncomingMessage, response: ServerResponse, next: () => void): void {
  const given = request.headers['x-request-id'];
  const id = typeof given === 'string' && /^[A-Za-z0-9._-]{1,128}$/.test(given) ? given : randomUUIDv7();
  request.id = id;
  response.setHeader('X-Request-Id', id);
  next();
}
