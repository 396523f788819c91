/** A number stands in the access log or its seals that was never given out, so the chain can't be followed past it. */
export class ForgedNumberError extends Error {
  override readonly name = 'ForgedNumberError';

  constructor(
    readonly column: string,
    readonly number: string,
  ) {
    super(`${column} ${number} was never given out: whoever wrote it chose it`);
  }
}
