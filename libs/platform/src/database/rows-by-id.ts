import { getTableName, sql } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import type { Connection } from './database.ts';
import { gatheredById, type Gathered } from './gathered.ts';

/** Rows of a table by their ids. For readers the statement is built and parsed once, and shared under load. */
export class RowsById<T extends PgTable & { readonly id: PgColumn }> {
  readonly #ofReader: ReturnType<typeof prepare>;
  readonly #gathered: Gathered<string, T['$inferSelect'] | undefined>;

  constructor(
    private readonly reader: Connection,
    private readonly table: T,
  ) {
    this.#ofReader = prepare(reader, table);
    this.#gathered = gatheredById(reader, (connection, ids) => this.findAll(connection, ids));
  }

  find(connection: Connection, id: string): Promise<T['$inferSelect'] | undefined> {
    return this.#gathered.get(connection, id);
  }

  /** In no order; an id that nothing has is left out. */
  async findAll(connection: Connection, ids: readonly string[]): Promise<T['$inferSelect'][]> {
    const { reader, table } = this;
    const statement = connection === reader ? this.#ofReader : prepare(connection, table);
    return statement.execute({ ids });
  }
}

function prepare(connection: Connection, table: PgTable & { readonly id: PgColumn }) {
  return connection
    .select()
    .from(table)
    .where(sql`${table.id} = any (${sql.placeholder('ids')}::uuid[])`)
    .prepare(`${getTableName(table)}_by_ids`);
}
