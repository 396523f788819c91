import type { ServerResponse } from 'node:http';
import { problems } from '#contracts';
import type { DomainError } from '../problem/domain-error.ts';
import { problemOf } from '../problem/problem.ts';

interface About {
  readonly requestId: string;
  readonly instance: string;
}

/** What is said to a request that never comes to Nest, as ProblemFilter would say it. */
export function refusalMessage(
  refusal: DomainError,
  { requestId, instance }: About,
): { status: number; headers: Record<string, string | number>; body: string } {
  const body = JSON.stringify(problemOf(refusal, instance));
  const headers = {
    'Cache-Control': 'no-store',
    'Content-Length': Buffer.byteLength(body),
    'Content-Type': 'application/problem+json; charset=utf-8',
    'X-Request-Id': requestId,
  };
  return { status: problems[refusal.code].status, headers, body };
}

/** Refuses a request that never comes to Nest. */
export function refuse(
  response: ServerResponse,
  refusal: DomainError,
  about: About,
  more: { readonly 'Retry-After'?: number } = {},
): void {
  const { status, headers, body } = refusalMessage(refusal, about);
  response.writeHead(status, { ...headers, ...more });
  response.end(body);
}
