import { Injectable } from '@nestjs/common';
import { eq } from 'drizzle-orm';
import type { Connection } from '#platform';
import { availabilityTable, type AvailabilityRow } from '../tables.ts';

@Injectable()
export class AvailabilityRepository {
  async insertEmpty(tx: Connection, practitionerId: string): Promise<void> {
    await tx
      .insert(availabilityTable)
      .values({ practitionerId, timeZone: 'UTC', weekly: [], exceptions: [], version: 1 });
  }

  /** To be read under the practitioner's lock by whoever decides by it. */
  async find(connection: Connection, practitionerId: string): Promise<AvailabilityRow | undefined> {
    const [row] = await connection
      .select()
      .from(availabilityTable)
      .where(eq(availabilityTable.practitionerId, practitionerId));
    return row;
  }

  async update(tx: Connection, { practitionerId, ...availability }: AvailabilityRow): Promise<void> {
    await tx
      .update(availabilityTable)
      .set(availability)
      .where(eq(availabilityTable.practitionerId, practitionerId));
  }
}
