import type { RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import { healthPaths, type Service } from '#catalogue';
import type { ClinicRequest } from '../access/caller.ts';
import { routePattern } from '../http/routes.ts';
import { requestContext } from './request-context.ts';

/** A trace that a caller may have begun, https://www.w3.org/TR/trace-context/#traceparent-header: its id. */
const traceparent = /^(?!ff)[\da-f]{2}-(?!0{32})([\da-f]{32})-(?!0{16})[\da-f]{16}-[\da-f]{2}(-|$)/;

/** What a load balancer calls a request, by which its access log is searched: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-request-tracing.html */
const balancerTrace = /(?:^|;)(?:Self|Root)=(1-[\da-f]{8}-[\da-f]{24})(?:;|$)/;

/**
 * A line for each request when it is over, and its `requestId` in each line in between. Health is left out, which is asked
 * for every few seconds.
 */
export function logRequests(logger: Logger, service: Service): RequestHandler {
  const quiet = healthPaths(service);
  return (request, response, next) => {
    if (!quiet.has(request.url)) writeWhenOver(logger, request, response);
    requestContext.run({ requestId: request.id }, next);
  };
}

function writeWhenOver(logger: Logger, request: ClinicRequest, response: Response): void {
  const since = Date.now();
  let err: Error | undefined;
  response.on('error', (error) => (err = error));
  response.once('close', () => {
    const isFailed = err !== undefined || response.statusCode >= 500;
    const level = isFailed ? 'error' : 'info';
    if (!logger.isLevelEnabled(level)) return;
    const message = isFailed ? 'failed' : response.writableFinished ? 'answered' : 'aborted';
    logger[level](
      { ...describe(request, response), responseTime: Date.now() - since, ...(err && { err }) },
      message,
    );
  });
}

function describe(request: ClinicRequest, response: Response): object {
  const { waitedMs = 0 } = request;
  const traceId = traceparent.exec(String(request.headers.traceparent))?.[1];
  const balancerTraceId = balancerTrace.exec(String(request.headers['x-amzn-trace-id']))?.[1];
  return {
    requestId: request.id,
    method: request.method,
    route: routePattern(request) ?? 'unmatched',
    ...(response.headersSent && { status: response.statusCode }),
    ...(request.caller && { caller: request.caller.subject }),
    ...(traceId && { traceId }),
    ...(balancerTraceId && { balancerTraceId }),
    ...(waitedMs >= 1 && { waitedMs: Math.round(waitedMs) }),
  };
}
