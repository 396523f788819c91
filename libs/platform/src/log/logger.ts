import { randomUUIDv7 } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Params } from 'nestjs-pino';
import pg from 'pg';
import { pino, type Logger } from 'pino';
import { livePath, readyPath } from '#catalogue';
import type { ClinicRequest } from '../access/caller.ts';
import type { Config } from '../config/config.ts';
import { routePattern } from '../http/routes.ts';

/**
 * JSON lines without personal data: a request is told by its route's pattern, never by its URL, query, headers or
 * body; an error by its class, code and where it came from, never by a message that may quote values.
 */
export function createLogger({ logLevel, service }: Config): Logger {
  return pino({
    level: logLevel,
    base: { service: service.name },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (level) => ({ level }) },
    serializers: { err: describeError },
  });
}

export function requestLogging(logger: Logger, { service }: Config): Params {
  const quiet = new Set([livePath(service), readyPath(service)]);
  return {
    pinoHttp: {
      logger,
      genReqId: requestId,
      quietReqLogger: true,
      customAttributeKeys: { reqId: 'requestId' },
      autoLogging: { ignore: (request) => quiet.has(request.url ?? '') },
      serializers: { req: () => undefined, res: () => undefined, err: describeError },
      customLogLevel: (_, response) => (response.statusCode >= 500 ? 'error' : 'info'),
      customSuccessMessage: () => 'answered',
      customErrorMessage: () => 'failed',
      customProps: (request, response) => describeExchange(request as ClinicRequest, response),
    },
  };
}

/** `X-Request-Id` as it came when it is well formed, else a new one; always answered. */
function requestId(request: IncomingMessage, response: ServerResponse): string {
  const given = request.headers['x-request-id'];
  const id = typeof given === 'string' && /^[A-Za-z0-9._-]{1,128}$/.test(given) ? given : randomUUIDv7();
  response.setHeader('X-Request-Id', id);
  return id;
}

function describeExchange(request: ClinicRequest, response: ServerResponse): object {
  if (!response.writableEnded && !response.headersSent) return {};
  const traceId = /^[\da-f]{2}-([\da-f]{32})-/.exec(String(request.headers['traceparent']))?.[1];
  return {
    method: request.method,
    route: routePattern(request) ?? 'unmatched',
    status: response.statusCode,
    ...(request.caller && { caller: request.caller.subject }),
    ...(traceId && { traceId }),
  };
}

function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error };
  const { code } = error as NodeJS.ErrnoException;
  const frames = error.stack?.split('\n').filter((line) => line.startsWith('    at ')) ?? [];
  return {
    type: error.constructor.name,
    ...(code !== undefined && { code }),
    ...(error instanceof pg.DatabaseError && {
      table: error.table,
      constraint: error.constraint,
      routine: error.routine,
    }),
    at: frames.slice(0, 8).map((line) => line.trim().slice(3)),
    ...(error.cause !== undefined && { cause: describeError(error.cause) }),
  };
}
