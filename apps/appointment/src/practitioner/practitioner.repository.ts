import { Injectable } from '@nestjs/common';
import { and, arrayContains, eq } from 'drizzle-orm';
import type { Connection, RowLock } from '#platform';
import { ResourceRepository } from '../resource/resource.repository.ts';
import {
  availabilityTable,
  practitionerTable,
  typeTable,
  type AvailabilityRow,
  type PractitionerRow,
  type TypeRow,
} from '../tables.ts';

export interface ScheduledPractitioner {
  practitioner: PractitionerRow;
  availability: AvailabilityRow;
}

@Injectable()
export class PractitionerRepository extends ResourceRepository<PractitionerRow> {
  constructor() {
    super(practitionerTable);
  }

  /** Both rows that a booking goes by first, locked if asked for; undefined when either is missing. */
  async findWithType(
    connection: Connection,
    typeId: string,
    practitionerId: string,
    lock: RowLock | undefined,
  ): Promise<{ type: TypeRow; practitioner: PractitionerRow } | undefined> {
    const query = connection
      .select({ type: typeTable, practitioner: practitionerTable })
      .from(typeTable)
      .innerJoin(practitionerTable, eq(practitionerTable.id, practitionerId))
      .where(eq(typeTable.id, typeId))
      .$dynamic();
    const [rows] = await (lock === undefined ? query : query.for(lock));
    return rows;
  }

  /** The active practitioners who offer a type, each with the availability. */
  async offering(connection: Connection, typeId: string): Promise<ScheduledPractitioner[]> {
    return connection
      .select({ practitioner: practitionerTable, availability: availabilityTable })
      .from(practitionerTable)
      .innerJoin(availabilityTable, eq(availabilityTable.practitionerId, practitionerTable.id))
      .where(and(practitionerTable.active, arrayContains(practitionerTable.typeIds, [typeId])));
  }
}
