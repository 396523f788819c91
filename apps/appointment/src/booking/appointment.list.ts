import { Injectable } from '@nestjs/common';
import { and, asc, eq, getTableColumns, gte, lt, sql } from 'drizzle-orm';
import type { AppointmentQuery } from '#contracts';
import { Database, Select } from '#platform';
import { appointmentTable, type AppointmentRow } from '../tables.ts';

/** A place in the list of appointments: they are in order of start, then id. */
interface ListKey {
  start: string;
  id: string;
}

const { start, id, ...columns } = getTableColumns(appointmentTable);

/** What the list may be narrowed by. */
const filters = {
  patientId: eq(columns.patientId, sql.placeholder('patientId')),
  practitionerId: eq(columns.practitionerId, sql.placeholder('practitionerId')),
  roomId: eq(columns.roomId, sql.placeholder('roomId')),
  status: eq(columns.status, sql.placeholder('status')),
  from: gte(start, sql.placeholder('from')),
  to: lt(start, sql.placeholder('to')),
  afterStart: sql`(${start}, ${id}) > (${sql.placeholder('afterStart')}, ${sql.placeholder('afterId')})`,
} as const;

type Filter = keyof typeof filters;

const allFilters = Object.keys(filters) as Filter[];

/** The list of appointments, as it is outside of transactions. */
@Injectable()
export class AppointmentList {
  /** One for each choice of filters. */
  readonly #selects = new Map<string, Select<typeof appointmentTable>>();

  constructor(private readonly database: Database) {}

  async read(query: AppointmentQuery, limit: number, after: ListKey | undefined): Promise<AppointmentRow[]> {
    const values = { ...query, limit, ...(after && { afterStart: after.start, afterId: after.id }) };
    const isGiven = allFilters.map((filter) => values[filter] !== undefined);
    const name = `appointments_list_${isGiven.map(Number).join('')}`;
    const given = allFilters.filter((_, index) => isGiven[index]);
    const select = this.#selects.getOrInsertComputed(name, () => selectOf(name, given));
    return select.rows(this.database.reader, values);
  }
}

function selectOf(name: string, given: readonly Filter[]) {
  return new Select(name, appointmentTable, (select) =>
    select
      .where(and(...given.map((filter) => filters[filter])))
      .orderBy(asc(start), asc(id))
      .limit(sql.placeholder('limit')),
  );
}
