import { getTableName, sql } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import type { Connection } from './database.ts';
import { gatheredById, type Gathered } from './gathered.ts';
import { Select } from './select.ts';

/** Rows of a table by their ids. Outside of transactions the statement is shared under load. */
export class RowsById<T extends PgTable & { readonly id: PgColumn }> {
  readonly #select: Select<T>;
  readonly #gathered: Gathered<string, T['$inferSelect'] | undefined>;

  constructor(reader: Connection, table: T) {
    this.#select = new Select(`${getTableName(table)}_by_ids`, table, (select) =>
      select.where(sql`${table.id} = any (${sql.placeholder('ids')}::uuid[])`),
    );
    this.#gathered = gatheredById(reader, (connection, ids) => this.findAll(connection, ids));
  }

  find(connection: Connection, id: string): Promise<T['$inferSelect'] | undefined> {
    return this.#gathered.get(connection, id);
  }

  /** In no order; an id that nothing has is left out. */
  findAll(connection: Connection, ids: readonly string[]): Promise<T['$inferSelect'][]> {
    return this.#select.rows(connection, { ids });
  }
}
