import pg from 'pg';
import type { BookedClinic } from './booked-clinic.ts';
import { rowsOf, type Rows } from './clinic.rows.ts';

/** The tables of the book, written past the API: a clinic is there in milliseconds, and a booking undone. */
export class ClinicTables {
  readonly #client: pg.Client;
  #rows: [string, Rows][] = [];

  constructor(superuserUrl: string) {
    this.#client = new pg.Client(superuserUrl);
  }

  async connect(): Promise<void> {
    await this.#client.connect();
  }

  /** Leaves this clinic and nothing of any other. */
  async load(clinic: BookedClinic): Promise<void> {
    this.#rows = rowsOf(clinic);
    await this.#empty(['appointment_change', ...this.#rows.map(([table]) => table).reverse()]);
    await this.#insert(this.#rows);
  }

  /** Takes a booking or a hold back, and brings back the expired holds that it cleared away. */
  async undo(id: string): Promise<void> {
    await this.#client.query(
      `with change as (delete from appointment.appointment_change where appointment_id = $1),
        claim as (delete from appointment.claim where owner_id = $1),
        hold as (delete from appointment.hold where id = $1)
      delete from appointment.appointment where id = $1`,
      [id],
    );
    await this.#insert(
      this.#rows.filter(([table]) => table === 'claim'),
      'on conflict do nothing',
    );
  }

  close(): Promise<void> {
    return this.#client.end();
  }

  async #empty(tables: readonly string[]): Promise<void> {
    await this.#client.query(tables.map((table) => `delete from appointment.${table};`).join('\n'));
  }

  /** One statement for all tables: foreign keys are looked at when it ends. */
  async #insert(tables: readonly [string, Rows][], conflict = ''): Promise<void> {
    const inserts = tables.flatMap(([table, [row]]) => {
      if (!row) return [];
      const columns = Object.keys(row).join(', ');
      return `${table} as (insert into appointment.${table} (${columns}) select ${columns}
        from jsonb_populate_recordset(null::appointment.${table}, $1::jsonb -> '${table}') ${conflict})`;
    });
    if (inserts.length === 0) return;
    await this.#client.query(`with ${inserts.join(',\n')} select`, [
      JSON.stringify(Object.fromEntries(tables)),
    ]);
  }
}
