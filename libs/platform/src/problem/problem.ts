import { problems, type ProblemCode } from '#contracts';
import type { DomainError } from './domain-error.ts';

/** A problem document of RFC 9457; `code` is the member clients switch on. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  code: ProblemCode;
  [member: string]: unknown;
}

export function problemOf(error: DomainError, instance: string): Problem {
  const { status, title } = problems[error.code];
  return {
    type: `urn:clinic:problem:${error.code}`,
    title,
    status,
    detail: error.detail,
    instance,
    code: error.code,
    ...error.members,
  };
}
