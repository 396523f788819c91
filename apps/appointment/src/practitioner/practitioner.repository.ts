import { Injectable } from '@nestjs/common';
import { and, arrayContains, eq } from 'drizzle-orm';
import type { Connection } from '#platform';
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

  /** Both rows that a booking goes by first, locked as by findForBooking; undefined when either is missing. */
  async findWithTypeForBooking(
    tx: Connection,
    typeId: string,
    practitionerId: string,
  ): Promise<{ type: TypeRow; practitioner: PractitionerRow } | undefined> {
    const [rows] = await tx
      .select({ type: typeTable, practitioner: practitionerTable })
      .from(typeTable)
      .innerJoin(practitionerTable, eq(practitionerTable.id, practitionerId))
      .where(eq(typeTable.id, typeId))
      .for('key share');
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
