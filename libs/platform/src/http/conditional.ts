import type { Request } from 'express';
import { Answer } from '../command/answer.ts';

/** The entity tag of what is answered; undefined when it has no version. */
export function etagOf(result: unknown): string | undefined {
  const isAnswer = result instanceof Answer;
  const version =
    (isAnswer ? result.headers.version : undefined) ?? versionOf(isAnswer ? result.body : result);
  return version === undefined ? undefined : `"${version}"`;
}

/** If-None-Match (RFC 9110, 13.1.2). Express' own test denies it to fetch(), which adds `Cache-Control: no-cache`. */
export function isKnown(request: Request, etag: string): boolean {
  if (request.method !== 'GET' && request.method !== 'HEAD') return false;
  const tags = request.get('if-none-match')?.split(',') ?? [];
  return tags.some((tag) => [etag, '*'].includes(tag.trim().replace(/^W\//, '')));
}

function versionOf(body: unknown): number | undefined {
  const version = (body as { version?: unknown } | null | undefined)?.version;
  return typeof version === 'number' ? version : undefined;
}
