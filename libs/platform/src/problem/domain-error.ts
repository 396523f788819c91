import type { FieldError, ProblemCode } from '#contracts';

/** A refusal the client can act on. It knows its stable code and nothing of HTTP; ProblemFilter does the rest. */
export class DomainError extends Error {
  /**
   * @param detail a sentence for the client that says what to change; it never holds a person's data
   * @param members further members of the problem document, such as `reasons`
   */
  constructor(
    readonly code: ProblemCode,
    readonly detail: string,
    readonly members: Readonly<Record<string, unknown>> = {},
  ) {
    super(`${code}: ${detail}`);
  }
}

export class ValidationFailed extends DomainError {
  constructor(errors: FieldError[]) {
    super('validation_failed', `${errors.length} part(s) of the request are not valid; see errors.`, {
      errors,
    });
  }
}

export class NotFound extends DomainError {
  constructor(noun: string) {
    super('not_found', `No such ${noun}.`);
  }
}

/** Somebody came in between: the whole transaction is run again before the client hears of it. */
export class Overtaken extends DomainError {
  constructor() {
    super('unavailable', 'Others are changing the same just now; try again.');
  }
}

/** What stands in a path where an id should. */
export class MalformedId extends NotFound {
  constructor() {
    super('record');
  }
}
