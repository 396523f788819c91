import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import type { Request, Response } from 'express';
import { map, type Observable } from 'rxjs';
import { Answer } from '../command/answer.ts';
import { ValidationFailed } from '../problem/domain-error.ts';
import { etagOf, isKnown } from './conditional.ts';

/** Puts an Answer's status and headers on the response, and on every representation its ETag. */
@Injectable()
export class AnswerInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<Request>();
    refuseUnknownQuery(context, request);
    const response = http.getResponse<Response>();
    return next.handle().pipe(map((result: unknown) => render(result, request, response)));
  }
}

function render(result: unknown, request: Request, response: Response): unknown {
  const body = result instanceof Answer ? (result.body as unknown) : result;
  if (result instanceof Answer) {
    response.status(result.status);
    if (result.headers.location) response.location(result.headers.location);
    if (result.headers.replayed) response.set('Idempotency-Replayed', 'true');
    if (result.status >= 400) response.type('application/problem+json');
  }
  const etag = etagOf(result);
  if (etag === undefined) return body;
  response.set('ETag', etag);
  if (!isKnown(request, etag)) return body;
  response.status(304);
  return undefined;
}

/** A handler without a query DTO knows no query parameter at all; one with a DTO has DtoPipe say what it knows. */
function refuseUnknownQuery(context: ExecutionContext, request: Request): void {
  const names = Object.keys(request.query);
  if (names.length === 0) return;
  const parameters = Reflect.getMetadata(
    ROUTE_ARGS_METADATA,
    context.getClass(),
    context.getHandler().name,
  ) as object | undefined;
  const takesQuery = Object.keys(parameters ?? {}).some((key) => key.startsWith(`${RouteParamtypes.QUERY}:`));
  if (!takesQuery)
    throw new ValidationFailed(names.map((path) => ({ path, message: 'unknown query parameter' })));
}
