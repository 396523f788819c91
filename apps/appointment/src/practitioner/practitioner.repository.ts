import { Injectable } from '@nestjs/common';
import { Database, Gathered, Statement, type Connection } from '#platform';
import type { PractitionerRules, Schedule } from '../booking/rules/index.ts';
import { ResourceRepository } from '../resource/resource.repository.ts';
import { practitionerTable, type PractitionerRow } from '../tables.ts';

interface OfferingRow extends Schedule {
  typeId: string;
  id: string;
  typeIds: string[];
}

const offering = new Statement<OfferingRow>(
  'practitioners_offering',
  `select asked.type_id as "typeId", practitioner.id, type_ids as "typeIds", time_zone as "timeZone", weekly, exceptions
   from unnest($1::uuid[]) as asked (type_id)
   join appointment.practitioner on active and type_ids @> array[asked.type_id]
   join appointment.availability on practitioner_id = practitioner.id`,
);

@Injectable()
export class PractitionerRepository extends ResourceRepository<PractitionerRow> {
  readonly #offering: Gathered<string, PractitionerRules[]>;

  constructor({ reader }: Database) {
    super(practitionerTable);
    this.#offering = new Gathered(reader, async (connection, typeIds) => {
      const rows = await offering.rows(connection, [...new Set(typeIds)]);
      const byType = Map.groupBy(rows, ({ typeId }) => typeId);
      const rules = new Map([...byType].map(([typeId, found]) => [typeId, found.map(toRules)]));
      return typeIds.map((typeId) => rules.get(typeId) ?? []);
    });
  }

  /** The active practitioners who offer a type, with what their times go by. */
  offering(connection: Connection, typeId: string): Promise<PractitionerRules[]> {
    return this.#offering.get(connection, typeId);
  }
}

function toRules({ id, typeIds, timeZone, weekly, exceptions }: OfferingRow): PractitionerRules {
  return { id, active: true, typeIds, schedule: { timeZone, weekly, exceptions } };
}
