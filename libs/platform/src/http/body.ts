import { isUtf8 } from 'node:buffer';
import type { IncomingHttpHeaders } from 'node:http';
import express, { type Request, type Response } from 'express';
import { DomainError } from '../problem/domain-error.ts';

const limitBytes = 100_000;
const json = 'application/json';
const mergePatch = 'application/merge-patch+json';

const parser = express.json({
  limit: limitBytes,
  strict: false,
  type: [json, mergePatch],
  verify: requireUtf8,
});

/** JSON is UTF-8 (RFC 8259, 8.1); other bytes would be read as replacement characters and so damage what they say. */
function requireUtf8(_request: unknown, _response: unknown, bytes: Buffer, charset: string): void {
  if (charset !== 'utf-8') throw Object.assign(new TypeError('not UTF-8'), { type: 'charset.unsupported' });
  if (!isUtf8(bytes)) throw new TypeError('not UTF-8');
}

/**
 * Reads the JSON body of a request, after its caller is known: nothing is read from strangers.
 * @throws DomainError unsupported_media_type, malformed_json, payload_too_large
 */
export async function readBody(request: Request, response: Response): Promise<void> {
  if (!hasBody(request)) return;
  const types = request.method === 'PATCH' ? [json, mergePatch] : [json];
  if (!request.is(types))
    throw new DomainError('unsupported_media_type', `Send the body as ${types.join(' or ')}.`);
  // The parser would read what is too long to its end before it says so.
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) throw tooLarge();
  await parse(request, response).catch((error: unknown) => {
    throw bodyProblem(error);
  });
  // The parser passes over a request whose sender has gone, which would be carried out as if its body were empty.
  if (request.body === undefined) throw new DomainError('malformed_json', 'The body did not come whole.');
}

function tooLarge(): DomainError {
  return new DomainError('payload_too_large', `The body must not be over ${limitBytes} bytes.`);
}

function parse(request: Request, response: Response): Promise<void> {
  return new Promise((resolve, reject) => {
    parser(request, response, (error?: unknown) => {
      if (error === undefined) resolve();
      else reject(error instanceof Error ? error : new Error('the body could not be read'));
    });
  });
}

function hasBody(request: Request): boolean {
  return request.method !== 'GET' && request.method !== 'HEAD' && bringsBody(request.headers);
}

/** Whether a body comes with a request, be it read or not. */
export function bringsBody(headers: IncomingHttpHeaders): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0;
}

/** body-parser's errors by their `type`: https://github.com/expressjs/body-parser#errors */
function bodyProblem(error: unknown): unknown {
  switch ((error as { type?: unknown }).type) {
    case 'entity.parse.failed':
    case 'entity.verify.failed':
    case 'request.size.invalid':
    case 'request.aborted':
      return new DomainError('malformed_json', 'The body is not a JSON document.');
    case 'entity.too.large':
      return tooLarge();
    case 'charset.unsupported':
    case 'encoding.unsupported':
      return new DomainError(
        'unsupported_media_type',
        'Send the body as UTF-8, plain or compressed by gzip, deflate or br.',
      );
    default:
      // Such as bytes that are not what Content-Encoding says.
      return (error as { status?: unknown }).status === 400
        ? new DomainError('malformed_json', 'The body can’t be read.')
        : error;
  }
}
