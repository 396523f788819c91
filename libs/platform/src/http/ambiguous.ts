import type { IncomingMessage, ServerResponse } from 'node:http';
import { DomainError } from '../problem/domain-error.ts';

/** Headers of which the first would count for one reader and the last for another. */
const single = ['host', 'authorization', 'content-type'];

/**
 * Refuses a request that two readers may understand as two: without a Host or with two (RFC 9112, 3.2), or with another
 * header twice that may come once. Two Content-Length, or one beside Transfer-Encoding, Node's parser refuses itself.
 */
export function refuseAmbiguous(
  request: IncomingMessage,
  _response: ServerResponse,
  next: (error?: unknown) => void,
): void {
  const { headers, rawHeaders, httpVersion } = request;
  const twice = single.find((name) => timesSent(rawHeaders, name) > 1);
  const lacksHost = httpVersion !== '1.0' && headers.host === undefined;
  if (twice === undefined && !lacksHost) next();
  else next(new DomainError('malformed_request', `Send the header ${twice ?? 'host'} exactly once.`));
}

/** @param rawHeaders names and values by turns; `headersDistinct` would read all of them into another object */
function timesSent(rawHeaders: readonly string[], name: string): number {
  let times = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const sent = rawHeaders[index] ?? '';
    if (sent.length === name.length && sent.toLowerCase() === name) times += 1;
  }
  return times;
}
