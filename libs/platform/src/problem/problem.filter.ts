import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Request, Response } from 'express';
import { problems } from '#contracts';
import type { ClinicRequest } from '../access/caller.ts';
import { Unauthorized } from '../access/token-verifier.ts';
import type { PatientAccess } from '../audit/patient-access.ts';
import { isPassing } from '../database/faults.ts';
import { NotHealthy } from '../health/health.ts';
import { RateLimiter, TooManyRequests } from '../http/rate-limiter.ts';
import { allowedMethods } from '../http/routes.ts';
import { DomainError, MalformedId } from './domain-error.ts';
import { problemOf } from './problem.ts';

/** The one place where a failure becomes an answer: problem details, never a stack, SQL or a person's data. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #logger = new Logger('Problem');

  constructor(
    private readonly host: HttpAdapterHost,
    private readonly rateLimiter: RateLimiter,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<ClinicRequest>();
    const response = http.getResponse<Response>();
    const { access } = request;
    if (access) void this.#answerLogged(access, error, request, response);
    else this.#answer(error, request, response);
  }

  async #answerLogged(
    access: PatientAccess,
    error: unknown,
    request: ClinicRequest,
    response: Response,
  ): Promise<void> {
    try {
      this.#answer(await access.log.logFailure(access, error), request, response);
    } catch (failure) {
      // Nest doesn't wait for a filter, so nobody else would take it.
      this.#logger.error({ err: failure }, 'unexpected failure');
      response.destroy();
    }
  }

  #answer(error: unknown, request: ClinicRequest, response: Response): void {
    if (response.headersSent) {
      response.destroy();
      return;
    }
    if (error instanceof NotHealthy) {
      response.status(503).json(error.report);
      return;
    }
    const refusal = this.#tooMany(error, request) ?? this.#refusalOf(error, request, response);
    if (refusal instanceof Unauthorized)
      response.set(
        'WWW-Authenticate',
        refusal.challenge === 'missing' ? 'Bearer' : 'Bearer error="invalid_token"',
      );
    if (refusal.code === 'insufficient_scope')
      response.set('WWW-Authenticate', 'Bearer error="insufficient_scope"');
    if (refusal instanceof TooManyRequests) response.set('Retry-After', String(refusal.retryAfterSeconds));
    if (refusal.code === 'unavailable') response.set('Retry-After', '1');
    response.status(problems[refusal.code].status).type('application/problem+json');
    response.send(JSON.stringify(problemOf(refusal, request.path)));
  }

  /** What is refused before anybody asks who sends it counts by address; then there is nothing more to say of it. */
  #tooMany(error: unknown, { caller, ip = '' }: ClinicRequest): TooManyRequests | undefined {
    return caller === undefined && isUnasked(error) ? this.rateLimiter.strangerRefusal(ip) : undefined;
  }

  #refusalOf(error: unknown, request: Request, response: Response): DomainError {
    // A path that is known, but not with this method, may read like one with an id.
    if (error instanceof MalformedId) return this.#unrouted(request, response);
    if (error instanceof DomainError) return error;
    if (isPassing(error)) {
      this.#logger.warn({ err: error }, 'the database is busy or away');
      return new DomainError('unavailable', 'The database is busy or away for the moment; try again.');
    }
    const status = statusOf(error);
    if (status === 404) return this.#unrouted(request, response);
    if (status === 400) return new DomainError('not_found', 'The path can’t be read.');
    this.#logger.error({ err: error }, 'unexpected failure');
    return new DomainError(
      'internal_error',
      'The request could not be completed; the operators can find it by its id.',
    );
  }

  #unrouted(request: Request, response: Response): DomainError {
    const allowed = allowedMethods(this.host.httpAdapter.getInstance(), request.path);
    if (allowed.length === 0 || allowed.includes(request.method))
      return new DomainError('not_found', 'Nothing is found under this path.');
    response.set('Allow', allowed.join(', '));
    return new DomainError('method_not_allowed', `The path knows ${allowed.join(', ')}.`);
  }
}

/** Whether no route took the request: an unknown path or method, or what can be read in two ways or in none. */
function isUnasked(error: unknown): boolean {
  if (error instanceof DomainError) return error.code === 'malformed_request';
  return [400, 404].includes(statusOf(error) ?? 0);
}

/** Express' own errors have one too, such as for a path that is not percent-encoded rightly. */
function statusOf(error: unknown): number | undefined {
  return error instanceof HttpException
    ? error.getStatus()
    : (error as { status?: number } | undefined)?.status;
}
