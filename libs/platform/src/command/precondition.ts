import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { isId } from '#contracts';
import type { ClinicRequest } from '../access/caller.ts';
import { DomainError, MalformedId, ValidationFailed } from '../problem/domain-error.ts';

/** Any representation, or one of a list of entity tags. */
const ifMatch = /^(\*|(W\/)?"[!#-~]*"([ \t]*,[ \t]*(W\/)?"[!#-~]*")*)$/;

/** The versions that an If-Match header (RFC 9110, 13.1.1) accepts; weak tags match nothing. */
export class Precondition {
  constructor(private readonly accepted: ReadonlySet<string> | 'any') {}

  /** @throws DomainError precondition_failed when the representation has moved on */
  check(version: number): void {
    if (this.accepted !== 'any' && !this.accepted.has(`"${version}"`))
      throw new DomainError(
        'precondition_failed',
        `The representation is at version ${version}; read it again.`,
      );
  }
}

/** The parameter of a PATCH or PUT handler. */
export const IfMatch = createParamDecorator((_: unknown, context: ExecutionContext): Precondition => {
  const request = context.switchToHttp().getRequest<ClinicRequest>();
  // A path such as /patients/search reads like one with an id; it is not told to send what will not help it.
  if (request.params.id !== undefined && !isId(request.params.id)) throw new MalformedId();
  const header = request.get('if-match');
  if (header === undefined)
    throw new DomainError(
      'precondition_required',
      'Send If-Match with the ETag of the representation you changed.',
    );
  if (!ifMatch.test(header))
    throw new ValidationFailed([
      { path: 'If-Match', message: 'must be an ETag as it was answered, such as "3"' },
    ]);
  if (header === '*') return new Precondition('any');
  return new Precondition(new Set(header.split(',').map((tag) => tag.trim())));
});

/** Documents that a change needs If-Match. */
export function Conditional(): MethodDecorator {
  return applyDecorators(
    ApiHeader({
      name: 'If-Match',
      required: true,
      description: 'The ETag of the representation that the change starts from.',
      schema: { type: 'string', pattern: ifMatch.source, example: '"1"' },
    }),
  );
}
