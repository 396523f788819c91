import { Injectable } from '@nestjs/common';
import { asc, eq } from 'drizzle-orm';
import { Database, type Connection } from '#platform';
import { ResourceRepository } from '../resource/resource.repository.ts';
import { roomTable, type RoomRow } from '../tables.ts';

@Injectable()
export class RoomRepository extends ResourceRepository<RoomRow> {
  constructor({ reader }: Database) {
    super(reader, roomTable);
  }

  async activeIds(connection: Connection): Promise<string[]> {
    const rows = await connection
      .select({ id: roomTable.id })
      .from(roomTable)
      .where(eq(roomTable.active, true))
      .orderBy(asc(roomTable.id));
    return rows.map(({ id }) => id);
  }
}
