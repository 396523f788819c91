/** What a handler answers when there is more to it than a 200 and a body. */
export class Answer<T = unknown> {
  constructor(
    readonly status: number,
    readonly body: T,
    readonly location?: string,
    /** Whether an earlier answer is given again for the same Idempotency-Key. */
    readonly replayed = false,
  ) {}
}

export function created<T extends { id: string }>(collection: string, body: T): Answer<T> {
  return new Answer(201, body, `${collection}/${body.id}`);
}
