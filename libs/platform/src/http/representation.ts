import type { Response } from 'express';
import type { ClinicRequest } from '../access/caller.ts';
import { Answer } from '../command/answer.ts';
import { etagOf, isKnown } from './conditional.ts';

/**
 * The body of what a handler answers, whose status and headers are put on the response. Where it is about patients it is
 * held back until the access log has it.
 * @throws DomainError unavailable when it can't be written down
 */
export async function represent(result: unknown, response: Response): Promise<unknown> {
  const request = response.req as ClinicRequest;
  if (request.access && !request.access.isLogged) await request.access.log.logRead(request.access, result);
  if (result instanceof Answer) describe(result, response);
  const body = result instanceof Answer ? (result.body as unknown) : result;
  const etag = etagOf(result);
  if (etag === undefined) return body;
  response.set('ETag', etag);
  if (!isKnown(request, etag)) return body;
  response.status(304);
  return undefined;
}

function describe({ status, headers }: Answer, response: Response): void {
  response.status(status);
  if (headers.location) response.location(headers.location);
  if (headers.replayed) response.set('Idempotency-Replayed', 'true');
  if (status >= 400) response.type('application/problem+json');
}
