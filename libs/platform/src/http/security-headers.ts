import { IncomingMessage, ServerResponse, type OutgoingHttpHeaders } from 'node:http';
import { Socket } from 'node:net';
import helmet, { type HelmetOptions } from 'helmet';
import type { Config } from '../config/config.ts';

declare module 'http' {
  interface ServerResponse {
    /** Where Node makes one text of the status line and the headers; its types leave it out. */
    _storeHeader: (this: ServerResponse, statusLine: string, headers: unknown) => void;
  }
}

/** helmet's headers as they go over the wire. They are always the same, so it is asked for them once. */
export function securityLines(config: Config): string {
  return Object.entries(headersOf(helmetOptions(config)))
    .map(([name, value]) => `${name}: ${String(value)}\r\n`)
    .join('');
}

/**
 * Has every response of a prototype answer such lines beside its own headers. They go in as they are: to set a dozen headers
 * one by one takes a tenth of reading a patient.
 */
export function answerAlways(prototype: ServerResponse, lines: string): void {
  const { _storeHeader: store } = prototype;
  prototype._storeHeader = function (statusLine, headers) {
    store.call(this, statusLine + lines, headers);
  };
}

export function helmetOptions(config: Config): HelmetOptions {
  return {
    contentSecurityPolicy: { directives: contentSecurityPolicy(config) },
    // The docs page opens the issuer's page, which comes back to it through window.opener.
    crossOriginOpenerPolicy: false,
  };
}

/** @throws Error when helmet does, or doesn't come to its end at once */
function headersOf(options: HelmetOptions): OutgoingHttpHeaders {
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  let outcome: unknown = new Error('helmet has not set all of its headers');
  helmet(options)(response.req, response, (error) => (outcome = error));
  if (outcome !== undefined) throw outcome as Error;
  return response.getHeaders();
}

/** Only the docs page shows anything; it signs in at the issuer. */
function contentSecurityPolicy({ oidc }: Config): Record<string, string[] | null> {
  return {
    'default-src': ["'none'"],
    'script-src': ["'self'"],
    'style-src': ["'self'", "'unsafe-inline'"],
    'img-src': ["'self'", 'data:'],
    'connect-src': ["'self'", new URL(oidc.issuer).origin],
    'form-action': ["'self'"],
    'upgrade-insecure-requests': null,
  };
}
