import { asc, eq, gt } from 'drizzle-orm';
import type { AnyPgColumn, PgTable } from 'drizzle-orm/pg-core';
import { RowsById, type Connection } from '#platform';

/** What all plain resources of the book have. */
export interface ResourceRow {
  id: string;
  version: number;
}

type ResourceTable = PgTable & { id: AnyPgColumn };

/** The queries that all plain resources share. The table decides the row's type: hence the casts. */
export class ResourceRepository<Row extends ResourceRow> {
  readonly #byId: RowsById<ResourceTable>;

  constructor(
    reader: Connection,
    private readonly table: ResourceTable,
  ) {
    this.#byId = new RowsById(reader, table);
  }

  async insert(tx: Connection, row: Row): Promise<void> {
    await tx.insert(this.table).values(row as never);
  }

  async find(connection: Connection, id: string): Promise<Row | undefined> {
    return (await this.#byId.find(connection, id)) as Row | undefined;
  }

  /** For whoever names the row in one of its own: the row stays until then, whatever becomes of its rules. */
  async findKept(tx: Connection, id: string): Promise<Row | undefined> {
    const rows = await tx.select().from(this.table).where(eq(this.table.id, id)).for('key share');
    return rows[0] as Row | undefined;
  }

  /** For whoever changes the row's rules: bookings by them are finished and new ones wait. */
  async findForChange(tx: Connection, id: string): Promise<Row | undefined> {
    const rows = await tx.select().from(this.table).where(eq(this.table.id, id)).for('update');
    return rows[0] as Row | undefined;
  }

  async update(tx: Connection, row: Row): Promise<void> {
    await tx.update(this.table).set(row).where(eq(this.table.id, row.id));
  }

  /** In the order they were made. */
  async list(connection: Connection, limit: number, after: string | undefined): Promise<Row[]> {
    const rows = await connection
      .select()
      .from(this.table)
      .where(after === undefined ? undefined : gt(this.table.id, after))
      .orderBy(asc(this.table.id))
      .limit(limit);
    return rows as Row[];
  }
}
