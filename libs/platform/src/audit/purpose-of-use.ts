import { ApiHeader } from '@nestjs/swagger';
import type { Request } from 'express';
import { purposesOfUse, type PurposeOfUse } from '#contracts';
import { ValidationFailed } from '../problem/domain-error.ts';

const header = 'X-Purpose-Of-Use';
const headerName = header.toLowerCase();
const known: ReadonlySet<string> = new Set(purposesOfUse);

/** Documents that a request may say why it is made. */
export function PurposeOfUseHeader(): MethodDecorator {
  return ApiHeader({
    name: header,
    required: false,
    description:
      'Why the record is looked at or changed, for the access log: a code of FHIR’s v3-PurposeOfUse.',
    schema: { type: 'string', enum: [...purposesOfUse] },
  });
}

/** Why a request is made, as its sender says; undefined when that is no code of the value set. */
export function purposeOf(request: Request): PurposeOfUse | undefined {
  const purpose = request.headers[headerName];
  return typeof purpose === 'string' && isPurpose(purpose) ? purpose : undefined;
}

/** @throws ValidationFailed when a request says why it is made, but not by a code of the value set */
export function requireKnownPurpose(request: Request): void {
  if (request.headers[headerName] !== undefined && purposeOf(request) === undefined)
    throw new ValidationFailed([
      { path: header, message: 'must be one code of http://terminology.hl7.org/ValueSet/v3-PurposeOfUse' },
    ]);
}

function isPurpose(text: string): text is PurposeOfUse {
  return known.has(text);
}
