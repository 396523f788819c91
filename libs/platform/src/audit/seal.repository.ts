import type { Service } from '#catalogue';
import type { Connection } from '../database/database.ts';
import { Statement } from '../database/statement.ts';
import { origin, type ChainedRow, type Seal } from './chain.ts';

/** Any number; with the schema's it lets one process seal at a time. */
const advisoryLock = 7_421_002;

interface SealColumns {
  [column: string]: unknown;
  position: string;
  seq: string;
  hash: string;
}

/** The access log as a chain: its rows in their order, and the table `access_log_seal` beside it. */
export class SealRepository {
  readonly #rows: Statement<{ seq: string; columns: (string | null)[] }>;
  readonly #seals: Statement<SealColumns>;
  readonly #last: Statement<SealColumns>;
  readonly #newest: Statement<{ seq: string }>;
  readonly #insert: Statement;

  constructor({ name }: Service) {
    const log = `"${name}".access_log`;
    const columns = `position, seq, encode(hash, 'hex') as hash`;
    this.#rows = new Statement(
      `${name}_access_log_rows`,
      `select seq, json_build_array(id, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), request_id, caller,
         patient_token, purpose, action, route, record_id, patient_id, asked, status::text) as columns
       from ${log} where seq > $1 and seq <= coalesce($2::bigint, 9223372036854775807) order by seq, id limit $3`,
    );
    this.#newest = new Statement(
      `${name}_access_log_newest`,
      `select coalesce(max(seq), 0) as seq from ${log}`,
    );
    this.#seals = new Statement(
      `${name}_access_log_seals`,
      `select ${columns} from ${log}_seal where position > $1 order by position limit $2`,
    );
    this.#last = new Statement(
      `${name}_access_log_seal_last`,
      `select ${columns} from ${log}_seal order by position desc limit 1`,
    );
    this.#insert = new Statement(
      `${name}_access_log_seal_insert`,
      `insert into ${log}_seal (position, seq, hash)
       select position, seq, decode(hash, 'hex') from json_to_recordset($1) as seal (position bigint, seq bigint, hash text)`,
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

  async seals(connection: Connection, afterPosition: number, limit: number): Promise<Seal[]> {
    return (await this.#seals.rows(connection, afterPosition, limit)).map(sealOf);
  }

  async insert(tx: Connection, seals: readonly Seal[]): Promise<void> {
    await this.#insert.rows(tx, JSON.stringify(seals));
  }

  /** In their order, after one number and up to another, if there is one. */
  async rows(
    connection: Connection,
    after: number,
    upTo: number | undefined,
    limit: number,
  ): Promise<ChainedRow[]> {
    const rows = await this.#rows.rows(connection, after, upTo ?? null, limit);
    return rows.map(({ seq, columns }) => ({ seq: Number(seq), columns }));
  }

  /** The number of the newest row that can be seen; 0 when there is none. */
  async newest(connection: Connection): Promise<number> {
    return Number((await this.#newest.row(connection))?.seq);
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
  return { position: Number(position), seq: Number(seq), hash };
}
