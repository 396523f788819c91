import { randomUUIDv7 } from 'node:crypto';
import { STATUS_CODES, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Logger } from '@nestjs/common';
import { DomainError } from '../problem/domain-error.ts';
import { refusalMessage } from './refusal.ts';

declare module 'net' {
  interface Socket {
    /** To the request that came last, until both are over. */
    lastResponse?: ServerResponse | undefined;
  }
}

/**
 * Whether bytes now would be read as the answer to what failed: an exchange that is over, or this one itself, unanswered and
 * behind no other (Node gives the socket to the first in line alone).
 */
function mayBeAnswered(response: ServerResponse): boolean {
  return response.req.complete
    ? response.writableFinished
    : response.socket !== null && !response.headersSent;
}

/** A connection may live for days: it doesn't keep what was asked last, with all that was made for it, until it is asked again. */
function keepUntilOver(request: IncomingMessage, response: ServerResponse): void {
  const { socket } = request;
  socket.lastResponse = response;
  const forget = (): void => {
    const isOver = request.complete && response.writableFinished;
    if (isOver && socket.lastResponse === response) socket.lastResponse = undefined;
  };
  response.once('close', () => {
    if (request.complete) forget();
    else request.once('close', forget);
  });
}

/**
 * What Node's parser gives up on never becomes a request: it is answered here, in the form of all refusals.
 * @param lines headers that all answers have, as they go over the wire
 */
export function answerWhatIsNoRequest(server: Server, lines: string): void {
  const logger = new Logger('Edge');
  server.prependListener('request', keepUntilOver);
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    const last = socket.lastResponse;
    const isTaken = last && !mayBeAnswered(last);
    if (isTaken || !socket.writable || error.code === 'ECONNRESET') {
      socket.destroy();
      return;
    }
    const requestId = randomUUIDv7();
    const refusal = refusalOf(error);
    logger.log({ code: refusal.code, requestId }, 'refused before it was a request');
    socket.write(answerTo(refusal, requestId, lines));
    // Not only ended: the other side may never end its own.
    socket.destroySoon();
  });
}

/** https://nodejs.org/api/http.html#event-clienterror */
function refusalOf({ code }: NodeJS.ErrnoException): DomainError {
  if (code === 'HPE_HEADER_OVERFLOW')
    return new DomainError('headers_too_large', 'Send a shorter path and fewer or shorter headers.');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new DomainError('request_timeout', 'Send the whole request without delay.');
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW')
    return new DomainError('payload_too_large', 'Send chunks without extensions.');
  return new DomainError('malformed_request', 'Send a request as HTTP/1.1 has it (RFC 9112).');
}

function answerTo(refusal: DomainError, requestId: string, lines: string): string {
  const { status, headers, body } = refusalMessage(refusal, { requestId, instance: `urn:uuid:${requestId}` });
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    `${lines}Connection: close`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    '',
    body,
  ].join('\r\n');
}
