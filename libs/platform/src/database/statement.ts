import { getTableColumns } from 'drizzle-orm';
import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core';
import type { QueryResultRow } from 'pg';
import type { Connection } from './database.ts';

/**
 * A statement of a hot path: written once, named, so that PostgreSQL parses it once a connection and nothing is built
 * per call. Several may be sent together; they run in the order sent.
 */
export class Statement<Row extends QueryResultRow = QueryResultRow> {
  constructor(
    private readonly name: string,
    private readonly text: string,
  ) {}

  /** @param values of the parameters `$1`, `$2`, ... */
  async rows(connection: Connection, ...values: readonly unknown[]): Promise<Row[]> {
    const { name, text } = this;
    const { rows } = await connection.$client.query<Row>({ name, text, values: [...values] });
    return rows;
  }

  async row(connection: Connection, ...values: readonly unknown[]): Promise<Row | undefined> {
    return (await this.rows(connection, ...values))[0];
  }
}

/** Inserts any number of rows of a table by one statement, which takes them as JSON. */
export class Insert<T extends PgTable> {
  readonly #statement: Statement;
  readonly #names: readonly (readonly [property: string, column: string])[];

  constructor(table: T) {
    const { schema = 'public', name } = getTableConfig(table);
    const columns = Object.entries(getTableColumns(table));
    this.#names = columns.map(([property, column]) => [property, column.name]);
    const names = columns.map(([, column]) => column.name).join(', ');
    const types = columns.map(([, column]) => `${column.name} ${column.getSQLType()}`).join(', ');
    this.#statement = new Statement(
      `insert_${schema}_${name}`,
      `insert into ${schema}.${name} (${names}) select ${names} from json_to_recordset($1) as row (${types})`,
    );
  }

  async run(connection: Connection, rows: readonly T['$inferInsert'][]): Promise<void> {
    if (rows.length === 0) return;
    const named = (row: Record<string, unknown>) =>
      Object.fromEntries(this.#names.map(([property, column]) => [column, row[property]]));
    await this.#statement.rows(connection, JSON.stringify(rows.map(named)));
  }
}
