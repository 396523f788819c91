import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Params } from 'nestjs-pino';
import pg from 'pg';
import { pino, type DestinationStream, type Logger, type LoggerOptions } from 'pino';
import type { Options } from 'pino-http';
import { livePath, readyPath } from '#catalogue';
import type { ClinicRequest } from '../access/caller.ts';
import type { Config } from '../config/config.ts';
import { routePattern } from '../http/routes.ts';
import { traceIds } from '../telemetry/span.ts';

/**
 * JSON lines without personal data: a request is told by its route's pattern, never by its URL, query, headers or
 * body; an error by its class, code and where it came from, never by a message that may quote values.
 */
export function createLogger(
  { logLevel, service, telemetry }: Config,
  destination?: DestinationStream,
): Logger {
  const options: LoggerOptions = {
    level: logLevel,
    base: { service: service.name },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (level) => ({ level }) },
    serializers: { err: describeError },
    hooks: { logMethod: withOwnMessage },
    ...(telemetry && { mixin: traceIds }),
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

/** How the answers are logged, and that each line in between says which request it belongs to. */
export function requestLogging(
  logger: Logger,
  { service }: Config,
): Params & { useExisting: true; pinoHttp: Options } {
  const quiet = new Set([livePath(service), readyPath(service)]);
  return {
    // The middleware of pino-http is the application's own to place, before all that answers.
    useExisting: true,
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

/** A trace that a caller may have begun, https://www.w3.org/TR/trace-context/#traceparent-header: its id. */
const traceparent = /^(?!ff)[\da-f]{2}-(?!0{32})([\da-f]{32})-(?!0{16})[\da-f]{16}-[\da-f]{2}(-|$)/;

/** What a load balancer calls a request, by which its access log is searched: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-request-tracing.html */
const balancerTrace = /(?:^|;)(?:Self|Root)=(1-[\da-f]{8}-[\da-f]{24})(?:;|$)/;

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
  const { waitedMs = 0 } = request;
  const traceId = traceparent.exec(String(request.headers.traceparent))?.[1];
  const balancerTraceId = balancerTrace.exec(String(request.headers['x-amzn-trace-id']))?.[1];
  return {
    method: request.method,
    route: routePattern(request) ?? 'unmatched',
    ...(response.headersSent && { status: response.statusCode }),
    ...(request.caller && { caller: request.caller.subject }),
    ...(traceId && { traceId }),
    ...(balancerTraceId && { balancerTraceId }),
    ...(waitedMs >= 1 && { waitedMs: Math.round(waitedMs) }),
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
