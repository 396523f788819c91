import { Injectable } from '@nestjs/common';
import { eq } from 'drizzle-orm';
import type { Connection, Owned } from '#platform';
import { seriesTable, type SeriesRow } from '../tables.ts';

@Injectable()
export class SeriesRepository implements Owned {
  async ownersOf(connection: Connection, id: string): Promise<string[]> {
    const patientId = (await this.find(connection, id))?.patientId;
    return patientId === undefined ? [] : [patientId];
  }

  async insert(tx: Connection, series: SeriesRow): Promise<void> {
    await tx.insert(seriesTable).values(series);
  }

  async find(connection: Connection, id: string): Promise<SeriesRow | undefined> {
    const [row] = await connection.select().from(seriesTable).where(eq(seriesTable.id, id));
    return row;
  }
}
