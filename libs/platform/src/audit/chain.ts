import { createHash } from 'node:crypto';

/** A row of the access log as it is sealed: its columns in a fixed order, as text or null. */
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
  /** The row is as it was: it is its seal that is not. */
  | { readonly what: 'resealed'; readonly position: number }
  /** From the first position to the last a row or a seal is not as it was, or more; which one, nothing tells. */
  | { readonly what: 'untold'; readonly position: number; readonly last: number }
  /** Seals are missing, from the first position to the last. */
  | { readonly what: 'unsealed'; readonly position: number; readonly last: number }
  /** Of a head that was kept: the chain has another hash there, or ends before it. */
  | { readonly what: 'rewritten' | 'truncated'; readonly position: number };

/** How far a chain was followed, how many rows wait to be sealed after it, and which is the first of them. */
export interface Followed {
  readonly head: Head;
  readonly waiting: number;
  readonly next: number | undefined;
}

/**
 * Follows a chain from its beginning, or from a seal that is trusted, and tells each fault as it is met. It holds one row
 * and one seal at a time. Where a row and its seal disagree, the next ones tell which of the two was touched; after a fault
 * it goes on from what is proved, so that one fault doesn't hide or feign others. But where seals changed places, the rows
 * and seals between them are named beside them: each seal says by its row how far the log has come.
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
  let reached: Reached = { last: from, byRows: from.hash };
  yield* headFaults(pending, from);
  for await (const seal of seals) {
    reached = yield* faultsAt(log, reached, seal);
    yield* headFaults(pending, seal);
  }
  const { last, doubt } = reached;
  if (doubt) yield untold(doubt);
  for (const { position } of pending) yield { what: 'truncated', position };
  const next = log.next?.seq;
  let waiting = 0;
  for (let row = log.next; row; row = await log.advance()) waiting += 1;
  return { head: { position: last.position, hash: last.hash }, waiting, next };
}

/** How far a chain was followed. */
interface Reached {
  readonly last: Seal;
  /** The hash at that place as the rows that are there give it: the seal's, unless there is a doubt. */
  readonly byRows: string;
  /** The positions at which rows and seals disagree, until it is told which of them was touched. */
  readonly doubt?: Doubt | undefined;
}

interface Doubt {
  readonly position: number;
  readonly last: number;
}

/** Whether the row of a seal is there, is as it was, and follows upon the row before. */
async function* faultsAt(log: Ahead, reached: Reached, seal: Seal): AsyncGenerator<Fault, Reached> {
  const { last, doubt } = reached;
  const { position, seq, hash } = seal;
  const first = last.position + 1;
  const isGap = position > first;
  if (isGap) yield { what: 'unsealed', position: first, last: position - 1 };
  let [bySeals, byRows] = [last.hash, reached.byRows];
  for (let row = log.next; row && row.seq < seq; row = await log.advance())
    // Where seals are gone, it may have had one of them.
    if (isGap) [bySeals, byRows] = [link(bySeals, row), link(byRows, row)];
    else yield { what: 'slipped in', seq: row.seq };
  const rows = await log.take(seq);
  const followsSeals = rows.find((row) => link(bySeals, row) === hash);
  const row = followsSeals ?? rows.find((each) => link(byRows, each) === hash) ?? rows[0];
  // In a table of parts nothing keeps two rows from having one number.
  for (const each of rows) if (each !== row) yield { what: 'slipped in', seq };
  if (!row) {
    if (doubt) yield untold(doubt);
    yield { what: seq <= last.seq ? 'reordered' : 'removed', position, seq };
    return { last: { ...seal, seq: Math.max(seq, last.seq) }, byRows: hash };
  }
  const linked = link(byRows, row);
  if (followsSeals) {
    if (doubt)
      yield doubt.position === doubt.last
        ? { what: 'altered', position: doubt.last, seq: last.seq }
        : untold(doubt);
  } else if (linked === hash) {
    if (doubt) yield { what: 'resealed', position: doubt.last };
  } else {
    if (doubt) yield untold(doubt);
    return { last: seal, byRows: linked, doubt: { position: first, last: position } };
  }
  return { last: seal, byRows: hash };
}

function untold({ position, last }: Doubt): Fault {
  return { what: 'untold', position, last };
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

  /** All that have a number, if they are next. */
  async take(seq: number): Promise<ChainedRow[]> {
    const rows: ChainedRow[] = [];
    for (let row = this.next; row?.seq === seq; row = await this.advance()) rows.push(row);
    return rows;
  }
}
