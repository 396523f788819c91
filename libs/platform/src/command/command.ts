import { createHash } from 'node:crypto';
import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { Caller, ClinicRequest } from '../access/caller.ts';
import { ValidationFailed } from '../problem/domain-error.ts';

/** Who asks for a change, and what makes the request the same as an earlier one. */
export interface Command {
  readonly caller: Caller;
  readonly path: string;
  readonly idempotencyKey: string | undefined;
  /** A digest of path and body; white space and the order of members don't count. */
  readonly fingerprint: string;
}

/** The parameter of a handler that changes something. */
export const CommandOf = createParamDecorator((_: unknown, context: ExecutionContext): Command => {
  const request = context.switchToHttp().getRequest<ClinicRequest>();
  if (!request.caller) throw new Error('a command needs a caller; the route is open');
  const idempotencyKey = request.method === 'POST' ? keyOf(request) : undefined;
  return {
    caller: request.caller,
    path: request.path,
    idempotencyKey,
    fingerprint: idempotencyKey === undefined ? '' : digest(request.originalUrl, request.body),
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

function digest(target: string, body: unknown): string {
  return createHash('sha256')
    .update(`${target}\n${canonical(body)}`)
    .digest('base64url');
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null)
    return value === undefined ? 'null' : JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join()}}`;
}
