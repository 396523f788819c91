import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import helmet, { type HelmetOptions } from 'helmet';
import type { Config } from '../config/config.ts';

/** Answers helmet's headers. They are always the same, so it is asked for them once: it sets each by a handler of its own. */
export function answerSecurityHeaders(
  config: Config,
): (request: IncomingMessage, response: ServerResponse, next: () => void) => void {
  const headers = headersOf(helmetOptions(config));
  return (_request, response, next) => {
    response.setHeaders(headers);
    next();
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
function headersOf(options: HelmetOptions): Map<string, string> {
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  let outcome: unknown = new Error('helmet has not set all of its headers');
  helmet(options)(response.req, response, (error) => (outcome = error));
  if (outcome !== undefined) throw outcome as Error;
  return new Map(Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)]));
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
