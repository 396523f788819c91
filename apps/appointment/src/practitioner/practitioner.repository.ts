import { Injectable } from '@nestjs/common';
import { Database, Gathered, gatheredById, Statement, type Connection } from '#platform';
import type { PractitionerRules, Schedule } from '../booking/rules/index.ts';
import { ResourceRepository } from '../resource/resource.repository.ts';
import { practitionerTable, type PractitionerRow } from '../tables.ts';

interface RulesRow extends Schedule {
  id: string;
  typeIds: string[];
}

interface OfferingRow extends RulesRow {
  typeId: string;
}

const rules = `practitioner.id, type_ids as "typeIds", time_zone as "timeZone", weekly, exceptions`;

const offering = new Statement<OfferingRow>(
  'practitioners_offering',
  `select asked.type_id as "typeId", ${rules}
   from unnest($1::uuid[]) as asked (type_id)
   join appointment.practitioner on active and type_ids @> array[asked.type_id]
   join appointment.availability on practitioner_id = practitioner.id`,
);

const active = new Statement<RulesRow>(
  'practitioners_active',
  `select ${rules}
   from appointment.practitioner join appointment.availability on practitioner_id = practitioner.id
   where active and practitioner.id = any ($1::uuid[])`,
);

@Injectable()
export class PractitionerRepository extends ResourceRepository<PractitionerRow> {
  readonly #offering: Gathered<string, PractitionerRules[]>;
  readonly #active: Gathered<string, PractitionerRules | undefined>;

  constructor({ reader }: Database) {
    super(reader, practitionerTable);
    this.#offering = new Gathered(reader, async (connection, typeIds) => {
      const rows = await offering.rows(connection, [...new Set(typeIds)]);
      const byType = Map.groupBy(rows, ({ typeId }) => typeId);
      const found = new Map([...byType].map(([typeId, those]) => [typeId, those.map(toRules)]));
      return typeIds.map((typeId) => found.get(typeId) ?? []);
    });
    this.#active = gatheredById(reader, async (connection, ids) =>
      (await active.rows(connection, ids)).map(toRules),
    );
  }

  /** The active practitioners who offer a type, or the one of them who is named, with what their times go by. */
  async offering(
    connection: Connection,
    typeId: string,
    practitionerId?: string,
  ): Promise<PractitionerRules[]> {
    if (practitionerId === undefined) return this.#offering.get(connection, typeId);
    const named = await this.#active.get(connection, practitionerId);
    return named?.typeIds.includes(typeId) ? [named] : [];
  }
}

function toRules({ id, typeIds, timeZone, weekly, exceptions }: RulesRow): PractitionerRules {
  return { id, active: true, typeIds, schedule: { timeZone, weekly, exceptions } };
}
