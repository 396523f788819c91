import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Params } from 'nestjs-pino';
import pg from 'pg';
import { pino, type DestinationStream, type Logger, type LoggerOptions } from 'pino';
import { livePath, readyPath } from '#catalogue';
import type { ClinicRequest } from '../access/caller.ts';
import type { Config } from '../config/config.ts';
import { routePattern } from '../http/routes.ts';

/**
 * JSON lines without personal data: a request is told by its route's pattern, never by its URL, query, headers or
 * body; an error by its class, code and where it came from, never by a message that may quote values.
 */
export function createLogger({ logLevel, service }: Config, destination?: DestinationStream): Logger {
  const options: LoggerOptions = {
    level: logLevel,
    base: { service: service.name },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (level) => ({ level }) },
    serializers: { err: describeError },
    hooks: { logMethod: withOwnMessage },
  };
  return destination ? pino(options, destination) : pino(options);
}

/** A line about an error that says nothing itself would be given the error's message. */
const withOwnMessage: NonNullable<NonNullable<LoggerOptions['hooks']>['logMethod']> = function (line, log) {
  const [subject] = line as unknown[];
  const isError = subject instanceof Error || (typeof subject === 'object' && subject && 'err' in subject);
  if (line.length === 1 && isError) log.apply(this, [subject, 'error']);
  else log.apply(this, line);
};

export function requestLogging(logger: Logger, { service }: Config): Params {
  const quiet = new Set([livePath(service), readyPath(service)]);
  return {
    pinoHttp: {
      logger,
      // describeError wants the error itself, not what pino would make of it first.
      wrapSerializers: false,
      genReqId: (request) => request.id,
      quietReqLogger: true,
      customAttributeKeys: { reqId: 'requestId' },
      autoLogging: { ignore: (request) => quiet.has(request.url ?? '') },
      serializers: { req: () => undefined, res: () => undefined, err: describeError },
      customLogLevel: (_, response) => (response.statusCode >= 500 ? 'error' : 'info'),
      customSuccessMessage: (_, response) => (response.writableFinished ? 'answered' : 'aborted'),
      customErrorMessage: () => 'failed',
      customSuccessObject: describeExchange,
      customErrorObject: (request, response, error, exchange) => ({
        ...describeExchange(request, response, exchange as Exchange),
        err: error,
      }),
    },
  };
}

/** What is known of an exchange when it is over. */
interface Exchange {
  responseTime: number;
}

function describeExchange(
  message: IncomingMessage,
  response: ServerResponse,
  { responseTime }: Exchange,
): object {
  const request = message as ClinicRequest;
  const traceId = /^[\da-f]{2}-([\da-f]{32})-/.exec(String(request.headers.traceparent))?.[1];
  return {
    method: request.method,
    route: routePattern(request) ?? 'unmatched',
    ...(response.headersSent && { status: response.statusCode }),
    ...(request.caller && { caller: request.caller.subject }),
    ...(traceId && { traceId }),
    responseTime,
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
