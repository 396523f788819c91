import type { ServerResponse } from 'node:http';
import { problems } from '#contracts';
import type { DomainError } from '../problem/domain-error.ts';
import { problemOf } from '../problem/problem.ts';

/** Refuses a request that never comes to Nest, as ProblemFilter would. */
export function refuse(
  response: ServerResponse,
  refusal: DomainError,
  { requestId, instance, ...headers }: { requestId: string; instance: string; 'Retry-After'?: number },
): void {
  const body = JSON.stringify(problemOf(refusal, instance));
  response.writeHead(problems[refusal.code].status, {
    'Cache-Control': 'no-store',
    'Content-Length': Buffer.byteLength(body),
    'Content-Type': 'application/problem+json; charset=utf-8',
    'X-Request-Id': requestId,
    ...headers,
  });
  response.end(body);
}
