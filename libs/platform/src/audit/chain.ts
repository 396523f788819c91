import { createHash } from 'node:crypto';

/** A row of the access log as it is sealed: its columns in the order of the table, as text or null. */
export interface ChainedRow {
  /** Orders the rows. */
  readonly seq: number;
  readonly columns: readonly (string | null)[];
}

/** What is kept of a row beside it: its place in the chain, and the hash of all rows up to it. */
export interface Seal {
  readonly position: number;
  readonly seq: number;
  readonly hash: string;
}

/** How far a chain reached at some moment; kept elsewhere, it tells later that nothing before it has changed. */
export interface Head {
  readonly position: number;
  readonly hash: string;
}

/** Before the first row. */
export const origin: Seal = { position: 0, seq: 0, hash: '0'.repeat(64) };

/** The SHA-256, in hexadecimal, of the hash before a row and the row. */
export function link(previous: string, { seq, columns }: ChainedRow): string {
  return createHash('sha256')
    .update(previous, 'hex')
    .update(JSON.stringify([seq, ...columns]))
    .digest('hex');
}

/** Seals rows in their order, after the last seal there is. */
export function sealed(last: Seal, rows: readonly ChainedRow[]): Seal[] {
  let { position, hash } = last;
  return rows.map((row) => {
    position += 1;
    hash = link(hash, row);
    return { position, seq: row.seq, hash };
  });
}

/** What is wrong with a chain, and where. */
export type Fault =
  | { readonly what: 'altered' | 'removed' | 'reordered'; readonly position: number; readonly seq: number }
  | { readonly what: 'slipped in'; readonly seq: number }
  /** Seals are missing, from the first position to the last. */
  | { readonly what: 'unsealed'; readonly position: number; readonly last: number }
  /** Of a head that was kept: the chain has another hash there, or ends before it. */
  | { readonly what: 'rewritten' | 'truncated'; readonly position: number };

/** How far a chain was followed, and how many rows wait to be sealed after it. */
export interface Followed {
  readonly head: Head;
  readonly waiting: number;
}

/**
 * Follows a chain from its beginning, or from a seal that is trusted, and tells each fault as it is met. It holds one row
 * and one seal at a time. After a fault it goes on from what is sealed, so one fault doesn't hide or feign others.
 * @param rows in the order of `seq`, beginning after the seal `from`
 * @param seals in the order of `position`, likewise
 * @param heads that were kept elsewhere, none before `from`
 */
export async function* faultsIn(
  rows: AsyncIterable<ChainedRow>,
  seals: AsyncIterable<Seal>,
  from: Seal = origin,
  heads: readonly Head[] = [],
): AsyncGenerator<Fault, Followed> {
  const log = new Ahead(rows);
  await log.advance();
  const pending = new Set(heads);
  let last = from;
  yield* headFaults(pending, from);
  for await (const seal of seals) {
    if (seal.position > last.position + 1)
      yield { what: 'unsealed', position: last.position + 1, last: seal.position - 1 };
    yield* faultsAt(log, last, seal);
    yield* headFaults(pending, seal);
    last = { ...seal, seq: Math.max(seal.seq, last.seq) };
  }
  for (const { position } of pending) yield { what: 'truncated', position };
  let waiting = 0;
  for (let row = log.next; row; row = await log.advance()) waiting += 1;
  return { head: { position: last.position, hash: last.hash }, waiting };
}

/** Whether the row of a seal is there, is as it was, and follows upon the row before. */
async function* faultsAt(log: Ahead, last: Seal, { position, seq, hash }: Seal): AsyncGenerator<Fault> {
  if (seq <= last.seq) {
    yield { what: 'reordered', position, seq };
    return;
  }
  let row = log.next;
  for (; row && row.seq < seq; row = await log.advance()) yield { what: 'slipped in', seq: row.seq };
  if (row?.seq !== seq) {
    yield { what: 'removed', position, seq };
    return;
  }
  if (link(last.hash, row) !== hash) yield { what: 'altered', position, seq };
  // In a table of parts nothing keeps two rows from having one number.
  while ((row = await log.advance())?.seq === seq) yield { what: 'slipped in', seq };
}

function* headFaults(pending: Set<Head>, { position, hash }: Seal): Generator<Fault> {
  for (const head of pending) {
    if (head.position !== position) continue;
    pending.delete(head);
    if (head.hash !== hash) yield { what: 'rewritten', position };
  }
}

/** Rows that are looked at before they are taken. */
class Ahead {
  next: ChainedRow | undefined;
  readonly #rows: AsyncIterator<ChainedRow>;

  constructor(rows: AsyncIterable<ChainedRow>) {
    this.#rows = rows[Symbol.asyncIterator]();
  }

  async advance(): Promise<ChainedRow | undefined> {
    const result = await this.#rows.next();
    return (this.next = result.done === true ? undefined : result.value);
  }
}
