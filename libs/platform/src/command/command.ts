import { createHash } from 'node:crypto';
import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { callerOf, type Caller, type ClinicRequest } from '../access/caller.ts';
import type { PatientAccess } from '../audit/patient-access.ts';
import { ValidationFailed } from '../problem/domain-error.ts';
import { canonicalJson } from './canonical-json.ts';

/** Who asks for a change, and what makes the request the same as an earlier one. */
export interface Command {
  readonly caller: Caller;
  readonly path: string;
  readonly idempotencyKey: string | undefined;
  /** The request's target and JSON body as they came. */
  readonly target: string;
  readonly body: unknown;
  /** What the access log will say of it; undefined when it is about no patient. */
  readonly access: PatientAccess | undefined;
}

/** The parameter of a handler that changes something. */
export const CommandOf = createParamDecorator((_: unknown, context: ExecutionContext): Command => {
  const request = context.switchToHttp().getRequest<ClinicRequest>();
  return {
    caller: callerOf(request),
    path: request.path,
    idempotencyKey: request.method === 'POST' ? keyOf(request) : undefined,
    target: request.originalUrl,
    body: request.body as unknown,
    access: request.access,
  };
});

/** Documents that a POST takes an Idempotency-Key. */
export function Idempotent(): MethodDecorator {
  return applyDecorators(
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description:
        'Makes the request safe to repeat: for 24 hours the same key is answered alike, once executed.',
      schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[!-~]+$' },
    }),
  );
}

function keyOf(request: ClinicRequest): string | undefined {
  const key = request.get('idempotency-key');
  if (key !== undefined && !/^[!-~]{1,255}$/.test(key))
    throw new ValidationFailed([
      { path: 'Idempotency-Key', message: 'must be 1 to 255 visible ASCII characters' },
    ]);
  return key;
}

/** A digest of target and body in which white space and the order of members don't count; for a body that was validated. */
export function fingerprintOf({ target, body }: Command): string {
  return createHash('sha256')
    .update(`${target}\n${canonicalJson(body)}`)
    .digest('base64url');
}
