import type { Response } from 'express';
import type { ClinicRequest } from '../access/caller.ts';
import { Answer } from '../command/answer.ts';
import { etagOf, isKnown } from './conditional.ts';

/**
 * Sends what a handler answers, with its status and headers. Where it is about patients it is held back until the access
 * log has it.
 * @throws DomainError unavailable when it can't be written down
 */
export async function answer(response: Response, result: unknown): Promise<void> {
  const request = response.req as ClinicRequest;
  const { access } = request;
  if (access && !access.isLogged) await access.log.logRead(access, result);
  if (result instanceof Answer) describe(result, response);
  const etag = etagOf(result);
  if (etag !== undefined) response.setHeader('ETag', etag);
  if (etag !== undefined && isKnown(request, etag)) response.status(304).end();
  else send(response, result instanceof Answer ? result.body : result);
}

function describe({ status, headers }: Answer, response: Response): void {
  response.status(status);
  if (headers.location) response.location(headers.location);
  if (headers.replayed) response.set('Idempotency-Replayed', 'true');
  if (status >= 400) response.setHeader('Content-Type', 'application/problem+json; charset=utf-8');
}

/** As Express' `json` does, which also looks for a cached answer that is still fresh, and for settings that we don't have. */
function send(response: Response, body: unknown): void {
  if (body === undefined || body === null) {
    response.end();
    return;
  }
  if (!response.hasHeader('Content-Type'))
    response.setHeader('Content-Type', 'application/json; charset=utf-8');
  const text = JSON.stringify(body);
  // Said of an answer to HEAD too, whose body Node leaves out.
  response.setHeader('Content-Length', Buffer.byteLength(text));
  response.end(text);
}
