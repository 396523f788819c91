import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import type { PatientAccess } from '../audit/patient-access.ts';

/** Whoever sends a request, as the access token says. */
export interface Caller {
  /** The token's `sub`: a person or a machine client; stands as `by` in histories. */
  readonly subject: string;
  readonly scopes: ReadonlySet<string>;
  /** Set on a patient's own token, which reaches this patient's records alone. */
  readonly patientId?: string;
}

/** An HTTP request once AccessGuard has let it in; open routes have no caller. */
export interface ClinicRequest extends Request {
  caller?: Caller;
  /** On a route that is about patients: what the access log will say. */
  access?: PatientAccess;
}

/** The parameter of a handler that answers according to who asks. */
export const CallerOf = createParamDecorator((_: unknown, context: ExecutionContext): Caller =>
  callerOf(context.switchToHttp().getRequest<ClinicRequest>()),
);

/** @throws Error on an open route, which knows no caller */
export function callerOf({ caller }: ClinicRequest): Caller {
  if (!caller) throw new Error('the handler needs a caller; the route is open');
  return caller;
}
