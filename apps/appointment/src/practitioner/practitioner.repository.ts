import { Injectable } from '@nestjs/common';
import { and, arrayContains, eq } from 'drizzle-orm';
import type { Connection } from '#platform';
import { ResourceRepository } from '../resource/resource.repository.ts';
import {
  availabilityTable,
  practitionerTable,
  type AvailabilityRow,
  type PractitionerRow,
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

  /** The active practitioners who offer a type, each with the availability. */
  async offering(connection: Connection, typeId: string): Promise<ScheduledPractitioner[]> {
    return connection
      .select({ practitioner: practitionerTable, availability: availabilityTable })
      .from(practitionerTable)
      .innerJoin(availabilityTable, eq(availabilityTable.practitionerId, practitionerTable.id))
      .where(and(practitionerTable.active, arrayContains(practitionerTable.typeIds, [typeId])));
  }
}
