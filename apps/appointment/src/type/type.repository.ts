import { Injectable } from '@nestjs/common';
import { inArray } from 'drizzle-orm';
import { Database, type Connection } from '#platform';
import { ResourceRepository } from '../resource/resource.repository.ts';
import { typeTable, type TypeRow } from '../tables.ts';

@Injectable()
export class AppointmentTypeRepository extends ResourceRepository<TypeRow> {
  constructor({ reader }: Database) {
    super(reader, typeTable);
  }

  /** Those of the ids that no type has. */
  async unknownOf(connection: Connection, ids: readonly string[]): Promise<string[]> {
    if (ids.length === 0) return [];
    const rows = await connection
      .select({ id: typeTable.id })
      .from(typeTable)
      .where(inArray(typeTable.id, [...ids]));
    const known = new Set(rows.map(({ id }) => id));
    return ids.filter((id) => !known.has(id));
  }
}
