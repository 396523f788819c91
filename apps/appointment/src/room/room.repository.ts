import { Injectable } from '@nestjs/common';
import { asc, eq } from 'drizzle-orm';
import type { Connection, RowLock } from '#platform';
import { ResourceRepository } from '../resource/resource.repository.ts';
import { roomTable, type RoomRow } from '../tables.ts';

@Injectable()
export class RoomRepository extends ResourceRepository<RoomRow> {
  constructor() {
    super(roomTable);
  }

  /** The room that was named, kept as it is until the transaction ends if a lock is asked for. */
  async findForBooking(
    connection: Connection,
    id: string,
    lock: RowLock | undefined,
  ): Promise<RoomRow | undefined> {
    const query = connection.select().from(roomTable).where(eq(roomTable.id, id)).$dynamic();
    const [row] = await (lock === undefined ? query : query.for(lock));
    return row;
  }

  /** The rooms that can be booked, kept active until the transaction ends if a lock is asked for. */
  async activeIds(connection: Connection, lock?: RowLock): Promise<string[]> {
    const query = connection
      .select({ id: roomTable.id })
      .from(roomTable)
      .where(eq(roomTable.active, true))
      .orderBy(asc(roomTable.id))
      .$dynamic();
    const rows = await (lock === undefined ? query : query.for(lock));
    return rows.map(({ id }) => id);
  }
}
