import pg from 'pg';
import { pino, type DestinationStream, type Logger, type LoggerOptions } from 'pino';
import type { Config } from '../config/config.ts';
import { traceIds } from '../telemetry/span.ts';
import { requestContext } from './request-context.ts';

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
    mixin: () => ({ ...requestContext.getStore(), ...(telemetry && traceIds()) }),
  };
  return destination ? pino(options, destination) : pino(options);
}

/** A line about an error that says nothing itself would be given the error's message. */
const withOwnMessage: NonNullable<NonNullable<LoggerOptions['hooks']>['logMethod']> = function (line, log) {
  const [subject, message] = line as unknown[];
  const isError = subject instanceof Error || (typeof subject === 'object' && subject && 'err' in subject);
  if (message === undefined && isError) log.apply(this, [subject, 'error']);
  else log.apply(this, line);
};

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
