export interface AnswerHeaders {
  /** Where what was created answers GET. */
  readonly location?: string | undefined;
  /** The version for the ETag, when the body doesn't carry it at its top. */
  readonly version?: number | undefined;
  /** Whether an earlier answer is given again for the same Idempotency-Key. */
  readonly replayed?: boolean;
}

/** What a handler answers when there is more to it than a 200 and a body. */
export class Answer<T = unknown> {
  constructor(
    readonly status: number,
    readonly body: T,
    readonly headers: AnswerHeaders = {},
  ) {}
}

export function created<T extends { id: string }>(collection: string, body: T): Answer<T> {
  return new Answer(201, body, { location: `${collection}/${body.id}` });
}
