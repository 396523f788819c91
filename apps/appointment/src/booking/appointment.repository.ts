import { Injectable } from '@nestjs/common';
import { and, asc, eq, gt, gte, lt, or } from 'drizzle-orm';
import type { AppointmentQuery } from '#contracts';
import { Database, type Connection, type Owned } from '#platform';
import { appointmentTable, changeTable, type AppointmentRow } from '../tables.ts';

/** A place in the list of appointments: they are in order of start, then id. */
export interface ListKey {
  start: string;
  id: string;
}

@Injectable()
export class AppointmentRepository implements Owned {
  constructor(private readonly database: Database) {}

  async ownerOf(id: string): Promise<string | undefined> {
    return (await this.find(this.database.reader, id))?.patientId;
  }

  async insert(tx: Connection, appointment: AppointmentRow): Promise<void> {
    await tx.insert(appointmentTable).values(appointment);
  }

  async find(connection: Connection, id: string): Promise<AppointmentRow | undefined> {
    const [row] = await connection.select().from(appointmentTable).where(eq(appointmentTable.id, id));
    return row;
  }

  async findForChange(tx: Connection, id: string): Promise<AppointmentRow | undefined> {
    const [row] = await tx.select().from(appointmentTable).where(eq(appointmentTable.id, id)).for('update');
    return row;
  }

  async update(tx: Connection, { id, ...appointment }: AppointmentRow): Promise<void> {
    await tx.update(appointmentTable).set(appointment).where(eq(appointmentTable.id, id));
  }

  /** Notes in the history who brought the appointment to its present version, and by what. */
  async noteChange(
    tx: Connection,
    { id, version, updatedAt }: AppointmentRow,
    by: string,
    what: object,
  ): Promise<void> {
    await tx.insert(changeTable).values({ appointmentId: id, version, at: updatedAt, by, what });
  }

  async list(
    connection: Connection,
    query: AppointmentQuery,
    limit: number,
    after: ListKey | undefined,
  ): Promise<AppointmentRow[]> {
    const { start, id } = appointmentTable;
    return connection
      .select()
      .from(appointmentTable)
      .where(
        and(
          query.patientId === undefined ? undefined : eq(appointmentTable.patientId, query.patientId),
          query.practitionerId === undefined
            ? undefined
            : eq(appointmentTable.practitionerId, query.practitionerId),
          query.roomId === undefined ? undefined : eq(appointmentTable.roomId, query.roomId),
          query.status === undefined ? undefined : eq(appointmentTable.status, query.status),
          query.from === undefined ? undefined : gte(start, query.from),
          query.to === undefined ? undefined : lt(start, query.to),
          after && or(gt(start, after.start), and(eq(start, after.start), gt(id, after.id))),
        ),
      )
      .orderBy(asc(start), asc(id))
      .limit(limit);
  }

  /** The booked appointments of a practitioner that start after an instant. */
  async bookedAfter(
    connection: Connection,
    practitionerId: string,
    instant: string,
  ): Promise<AppointmentRow[]> {
    return connection
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
