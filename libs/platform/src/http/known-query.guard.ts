import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import type { Request } from 'express';
import { ValidationFailed } from '../problem/domain-error.ts';

/** A handler without a query DTO knows no query parameter at all; one with a DTO has DtoPipe say what it knows. */
@Injectable()
export class KnownQueryGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<Request>();
    // Express reads it anew each time it is asked.
    if (!request.url.includes('?') || takesQuery(context)) return true;
    const names = Object.keys(request.query);
    if (names.length > 0)
      throw new ValidationFailed(names.map((path) => ({ path, message: 'unknown query parameter' })));
    return true;
  }
}

function takesQuery(context: ExecutionContext): boolean {
  const parameters = Reflect.getMetadata(
    ROUTE_ARGS_METADATA,
    context.getClass(),
    context.getHandler().name,
  ) as object | undefined;
  return Object.keys(parameters ?? {}).some((key) => key.startsWith(`${RouteParamtypes.QUERY}:`));
}
