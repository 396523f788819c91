import type { Service } from '#catalogue';
import type { Connection } from '../database/database.ts';
import { Statement } from '../database/statement.ts';
import { ForgedNumberError } from './chain.errors.ts';
import { origin, type ChainedRow, type Seal } from './chain.ts';

/** Any number; with the schema's it lets one process seal at a time. */
const advisoryLock = 7_421_002;

/** In which a row is hashed, with all its columns. The first had fewer, and its seals have none. */
const form = 2;

interface SealColumns {
  [column: string]: unknown;
  position: string;
  seq: string;
  hash: string;
}

interface RowColumns {
  [column: string]: unknown;
  seq: string;
  at: string;
  /** Those that the log had from the beginning. */
  columns: (string | null)[];
  /** The SHA-256 of those that came when it had rows already, which have neither: whom it is about, and of what accesses. */
  told: string | null;
}

/** A row with its place in the order of its table's key, `seq` and `at`: nothing keeps two rows from having one `seq`. */
export interface PlacedRow extends ChainedRow {
  /** As PostgreSQL writes it, to be read by it again. */
  readonly at: string;
}

/** After this row; without `at`, after all of its number. */
export type After = Pick<PlacedRow, 'seq'> & Partial<Pick<PlacedRow, 'at'>>;

const [leastNumber, endOfTime] = ['-9223372036854775808', 'infinity'];

/** The access log as a chain: its rows in their order, and the table `access_log_seal` beside it. */
export class SealRepository {
  readonly #rows: Statement<RowColumns>;
  readonly #seals: Statement<SealColumns>;
  readonly #last: Statement<SealColumns>;
  readonly #newest: Statement<{ seq: string; given: string }>;
  readonly #waited: Statement<{ ms: number | null }>;
  readonly #insert: Statement;

  constructor({ name }: Service) {
    const log = `"${name}".access_log`;
    const columns = `position, seq, encode(hash, 'hex') as hash`;
    this.#rows = new Statement(
      `${name}_access_log_rows`,
      `select seq, at::text as at, json_build_array(id, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), request_id, caller,
         patient_token, purpose, action, route, record_id, patient_id, asked, status::text) as columns,
         case when num_nonnulls(patient_ids, accesses) > 0 then encode(sha256(convert_to(
           coalesce(patient_ids::text, '-') || ' ' || coalesce(accesses::text, ''), 'UTF8')), 'hex') end as told
       from ${log} where (seq, at) > ($1, $2) and seq <= $3 order by seq, at limit $4`,
    );
    this.#newest = new Statement(
      `${name}_access_log_newest`,
      `select coalesce(max(seq), 0) as seq, (select last_value from ${log}_seq_seq) as given from ${log}`,
    );
    this.#waited = new Statement(
      `${name}_access_log_waited`,
      `select (extract(epoch from clock_timestamp() - min(at)) * 1000)::float8 as ms from ${log} where seq = $1`,
    );
    this.#seals = new Statement(
      `${name}_access_log_seals`,
      `select ${columns} from ${log}_seal where position > $1 and position <= $2 order by position limit $3`,
    );
    this.#last = new Statement(
      `${name}_access_log_seal_last`,
      `select ${columns} from ${log}_seal order by position desc limit 1`,
    );
    this.#insert = new Statement(
      `${name}_access_log_seal_insert`,
      `insert into ${log}_seal (position, seq, hash, form)
       select position, seq, decode(hash, 'hex'), ${form} from json_to_recordset($1) as seal (position bigint, seq bigint, hash text)`,
    );
  }

  /** Whether this transaction is the one that seals, until it ends. */
  async lock(tx: Connection, { name }: Service): Promise<boolean> {
    const { rows } = await tx.$client.query<{ isOurs: boolean }>(
      `select pg_try_advisory_xact_lock($1, hashtext($2)) as "isOurs"`,
      [advisoryLock, name],
    );
    return rows[0]?.isOurs === true;
  }

  async last(connection: Connection): Promise<Seal> {
    const row = await this.#last.row(connection);
    return row ? sealOf(row) : origin;
  }

  /**
   * In their order, after one position and up to another.
   * @throws ForgedNumberError
   */
  async seals(connection: Connection, after: number, upTo: number, limit: number): Promise<Seal[]> {
    return (await this.#seals.rows(connection, after, upTo, limit)).map(sealOf);
  }

  async insert(tx: Connection, seals: readonly Seal[]): Promise<void> {
    await this.#insert.rows(tx, JSON.stringify(seals));
  }

  /**
   * In their order: all, or those after another, and up to a number.
   * @throws ForgedNumberError
   */
  async rows(
    connection: Connection,
    after: After | undefined,
    upTo: number,
    limit: number,
  ): Promise<PlacedRow[]> {
    const { seq, at } = after ?? { seq: leastNumber };
    const rows = await this.#rows.rows(connection, seq, at ?? endOfTime, upTo, limit);
    return rows.map(({ seq: number, at: time, columns, told }) => ({
      ...{ seq: numberOf('access_log.seq', number), at: time },
      columns: told === null ? columns : [...columns, told],
    }));
  }

  /**
   * The number of the newest row that can be seen; 0 when there is none.
   * @throws ForgedNumberError when none as high was given out: rows that come would all be before it, and never sealed
   */
  async newest(connection: Connection): Promise<number> {
    const { seq = '0', given = '0' } = (await this.#newest.row(connection)) ?? {};
    if (BigInt(seq) > BigInt(given)) throw new ForgedNumberError('access_log.seq', seq);
    return numberOf('access_log.seq', seq);
  }

  /** How long ago a row was written. */
  async waitedMs(connection: Connection, seq: number): Promise<number> {
    return (await this.#waited.row(connection, seq))?.ms ?? 0;
  }

  /** A transaction id later than all that there are. */
  async nextTransaction(tx: Connection): Promise<bigint> {
    const { rows } = await tx.$client.query<{ id: string }>('select pg_current_xact_id() as id');
    return BigInt(rows[0]?.id ?? 0);
  }

  /** All transactions with a lower id have ended. */
  async oldestTransaction(tx: Connection): Promise<bigint> {
    const { rows } = await tx.$client.query<{ id: string }>(
      'select pg_snapshot_xmin(pg_current_snapshot()) as id',
    );
    return BigInt(rows[0]?.id ?? 0);
  }
}

function sealOf({ position, seq, hash }: SealColumns): Seal {
  return {
    position: numberOf('access_log_seal.position', position),
    seq: numberOf('access_log_seal.seq', seq),
    hash,
  };
}

/** Counting from 1 reaches none that a double can't tell from the next; that one was written by hand. */
function numberOf(column: string, text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number)) throw new ForgedNumberError(column, text);
  return number;
}
