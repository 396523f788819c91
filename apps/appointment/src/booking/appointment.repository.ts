import { Injectable } from '@nestjs/common';
import { and, asc, eq, gt, inArray, sql } from 'drizzle-orm';
import type { WhatDto } from '#contracts';
import {
  answersOf,
  Database,
  Insert,
  NotFound,
  nowUtc,
  RowsById,
  together,
  type Connection,
  type Owned,
} from '#platform';
import { appointmentTable, changeTable, type AppointmentRow, type ChangeRow } from '../tables.ts';

const insertAppointments = new Insert(appointmentTable);
const insertChanges = new Insert(changeTable);

@Injectable()
export class AppointmentRepository implements Owned {
  readonly #byId: RowsById<typeof appointmentTable>;

  constructor({ reader }: Database) {
    this.#byId = new RowsById(reader, appointmentTable);
  }

  async ownersOf(connection: Connection, id: string): Promise<string[]> {
    const patientId = (await this.find(connection, id))?.patientId;
    return patientId === undefined ? [] : [patientId];
  }

  /** Stores new appointments, and in the history who made them. */
  async insert(tx: Connection, appointments: readonly AppointmentRow[], by: string): Promise<void> {
    await together(tx, () =>
      answersOf([
        insertAppointments.run(tx, appointments),
        this.noteChanges(tx, appointments, by, { action: 'booked' }),
      ]),
    );
  }

  async find(connection: Connection, id: string): Promise<AppointmentRow | undefined> {
    return this.#byId.find(connection, id);
  }

  async findForChange(tx: Connection, id: string): Promise<AppointmentRow | undefined> {
    const [row] = await tx.select().from(appointmentTable).where(eq(appointmentTable.id, id)).for('update');
    return row;
  }

  /** Kept as they are until the transaction ends, in the order of ids, under locks of their patients. */
  async lock(tx: Connection, ids: readonly string[]): Promise<AppointmentRow[]> {
    return tx
      .select()
      .from(appointmentTable)
      .where(inArray(appointmentTable.id, [...ids]))
      .orderBy(asc(appointmentTable.id))
      .for('update');
  }

  /**
   * Brings an appointment to its next version, and notes in the history who did and by what.
   * @returns it as it is now
   */
  async change(
    tx: Connection,
    current: AppointmentRow,
    fields: Partial<AppointmentRow>,
    by: string,
    what: WhatDto,
  ): Promise<AppointmentRow> {
    const changed = { ...current, ...fields, version: current.version + 1, updatedAt: nowUtc() };
    const { id, ...values } = changed;
    await tx.update(appointmentTable).set(values).where(eq(appointmentTable.id, id));
    await this.noteChanges(tx, [changed], by, what);
    return changed;
  }

  /**
   * Ends the booked ones among these appointments.
   * @returns them as they are now
   */
  async cancel(
    tx: Connection,
    ids: readonly string[],
    cancelReason: string | null,
    updatedAt: string,
  ): Promise<AppointmentRow[]> {
    const { id, status, version } = appointmentTable;
    return tx
      .update(appointmentTable)
      .set({
        status: 'cancelled',
        cancelReason,
        patientConflict: false,
        version: sql`${version} + 1`,
        updatedAt,
      })
      .where(and(inArray(id, [...ids]), eq(status, 'booked')))
      .returning();
  }

  /** Notes in the history who brought the appointments to their present versions, and by what. */
  async noteChanges(
    tx: Connection,
    appointments: readonly AppointmentRow[],
    by: string,
    what: WhatDto,
  ): Promise<void> {
    const changes = appointments.map(({ id, version, updatedAt }) => ({
      appointmentId: id,
      version,
      at: updatedAt,
      by,
      what,
    }));
    await insertChanges.run(tx, changes);
  }

  /** The history of an appointment, oldest first, after a version. */
  async changes(
    connection: Connection,
    appointmentId: string,
    limit: number,
    after: number,
  ): Promise<ChangeRow[]> {
    return connection
      .select()
      .from(changeTable)
      .where(and(eq(changeTable.appointmentId, appointmentId), gt(changeTable.version, after)))
      .orderBy(asc(changeTable.version))
      .limit(limit);
  }

  async ofSeries(connection: Connection, seriesId: string): Promise<AppointmentRow[]> {
    return connection
      .select()
      .from(appointmentTable)
      .where(eq(appointmentTable.seriesId, seriesId))
      .orderBy(asc(appointmentTable.start), asc(appointmentTable.id));
  }

  /** The booked appointments of a practitioner that start after an instant. */
  async bookedAfter(tx: Connection, practitionerId: string, instant: string): Promise<AppointmentRow[]> {
    return tx
      .select()
      .from(appointmentTable)
      .where(
        and(
          eq(appointmentTable.practitionerId, practitionerId),
          eq(appointmentTable.status, 'booked'),
          gt(appointmentTable.start, instant),
        ),
      )
      .orderBy(asc(appointmentTable.start), asc(appointmentTable.id));
  }
}

export function required(appointment: AppointmentRow | undefined): AppointmentRow {
  if (!appointment) throw new NotFound('appointment');
  return appointment;
}
