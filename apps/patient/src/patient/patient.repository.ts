import { Injectable } from '@nestjs/common';
import { asc, desc, eq, gt, inArray, lt, sql } from 'drizzle-orm';
import { Database, RowsById, type Connection } from '#platform';
import { patientTable, type PatientRow } from './patient.table.ts';

@Injectable()
export class PatientRepository {
  readonly #byId: RowsById<typeof patientTable>;

  constructor({ reader }: Database) {
    this.#byId = new RowsById(reader, patientTable);
  }

  async nextMrnSerial(tx: Connection): Promise<number> {
    const { rows } = await tx.execute<{ serial: string }>(
      sql`select nextval('patient.mrn_serial') as serial`,
    );
    return Number(rows[0]?.serial);
  }

  async insert(tx: Connection, patient: PatientRow): Promise<void> {
    await tx.insert(patientTable).values(patient);
  }

  async find(connection: Connection, id: string): Promise<PatientRow | undefined> {
    return this.#byId.find(connection, id);
  }

  /** In no order; an id that nobody has is left out. */
  async findAll(connection: Connection, ids: readonly string[]): Promise<PatientRow[]> {
    return this.#byId.findAll(connection, ids);
  }

  async findForChange(tx: Connection, id: string): Promise<PatientRow | undefined> {
    const [row] = await tx.select().from(patientTable).where(eq(patientTable.id, id)).for('update');
    return row;
  }

  /** Several at once, in the order of ids that everybody keeps. */
  async lockForChange(tx: Connection, ids: readonly string[]): Promise<PatientRow[]> {
    return tx
      .select()
      .from(patientTable)
      .where(inArray(patientTable.id, [...ids]))
      .orderBy(asc(patientTable.id))
      .for('update');
  }

  async update(tx: Connection, { id, ...patient }: PatientRow): Promise<void> {
    await tx.update(patientTable).set(patient).where(eq(patientTable.id, id));
  }

  /** What others may know of the next patients in the order of ids. */
  async statesAfter(
    connection: Connection,
    after: string | undefined,
    limit: number,
  ): Promise<Pick<PatientRow, 'id' | 'active' | 'replacedBy' | 'version'>[]> {
    const { id, active, replacedBy, version } = patientTable;
    return connection
      .select({ id, active, replacedBy, version })
      .from(patientTable)
      .where(after === undefined ? undefined : gt(id, after))
      .orderBy(asc(id))
      .limit(limit);
  }

  /** For those of `patients` who were merged away, by their ids, the records that are kept in the end. */
  async survivorsOf(
    connection: Connection,
    patients: readonly PatientRow[],
  ): Promise<Map<string, PatientRow>> {
    const known = new Map(patients.map((patient) => [patient.id, patient]));
    const isUnknown = (id: string | null): id is string => id !== null && !known.has(id);
    for (let next = patients.map(({ replacedBy }) => replacedBy).filter(isUnknown); next.length > 0;) {
      const rows = await this.findAll(connection, next);
      for (const row of rows) known.set(row.id, row);
      next = rows.map(({ replacedBy }) => replacedBy).filter(isUnknown);
    }
    const survivorOf = (patient: PatientRow): PatientRow => {
      const next = patient.replacedBy === null ? undefined : known.get(patient.replacedBy);
      return next ? survivorOf(next) : patient;
    };
    const merged = patients.filter(({ replacedBy }) => replacedBy !== null);
    return new Map(merged.map((patient) => [patient.id, survivorOf(patient)]));
  }

  /** Newest first: a UUIDv7 begins with the time it was made. */
  async newest(connection: Connection, limit: number, before: string | undefined): Promise<PatientRow[]> {
    return connection
      .select()
      .from(patientTable)
      .where(before === undefined ? undefined : lt(patientTable.id, before))
      .orderBy(desc(patientTable.id))
      .limit(limit);
  }
}
