import { sql } from 'drizzle-orm';
import type { Service } from '#catalogue';
import type { Connection } from '../database/database.ts';
import type { Answer } from './answer.ts';

/** Answers are kept this long; a key older than that is a new one. */
const keptFor = sql`interval '24 hours'`;

/** So many at once, that no statement takes long. */
const forgottenAtOnce = 1_000;

export interface KeptAnswer {
  fingerprint: string;
  status: number;
  body: unknown;
  location: string | null;
}

export interface Key {
  caller: string;
  key: string;
}

/** Answers kept by caller and Idempotency-Key, in the table `idempotency` of the service's schema. */
export class IdempotencyRepository {
  readonly #table;

  constructor(service: Service) {
    this.#table = sql`${sql.identifier(service.name)}.idempotency`;
  }

  /** Takes the key for this transaction; a concurrent holder is waited for. False when an answer is kept. */
  async take(tx: Connection, { caller, key }: Key, fingerprint: string): Promise<boolean> {
    const { rowCount } = await tx.execute(sql`
      insert into ${this.#table} as kept (caller, key, fingerprint) values (${caller}, ${key}, ${fingerprint})
      on conflict (caller, key) do update
      set fingerprint = excluded.fingerprint, status = null, body = null, location = null, created_at = now()
      where kept.created_at < now() - ${keptFor}`);
    return rowCount === 1;
  }

  async kept(tx: Connection, { caller, key }: Key): Promise<KeptAnswer | undefined> {
    const { rows } = await tx.execute<KeptAnswer & Record<string, unknown>>(sql`
      select fingerprint, status, body, location from ${this.#table} where caller = ${caller} and key = ${key}`);
    return rows[0];
  }

  async keep(tx: Connection, { caller, key }: Key, { status, body, headers }: Answer): Promise<void> {
    await tx.execute(sql`
      update ${this.#table} set status = ${status}, body = ${JSON.stringify(body)}::json, location = ${headers.location ?? null}
      where caller = ${caller} and key = ${key}`);
  }

  /** Leaves alone whose key is just being used anew. @returns whether there may be more */
  async forgetExpired(connection: Connection): Promise<boolean> {
    const { rowCount } = await connection.execute(sql`
      delete from ${this.#table} where (caller, key) in (
        select caller, key from ${this.#table} where created_at < now() - ${keptFor} limit ${forgottenAtOnce}
        for update skip locked)`);
    return rowCount === forgottenAtOnce;
  }
}
