import { Injectable } from '@nestjs/common';
import { and, asc, eq, gt, inArray, sql, type SQL } from 'drizzle-orm';
import type { WaitlistQuery, WaitlistStatus, WaitlistWhatDto } from '#contracts';
import { NotFound, nowUtc, Statement, toUtc, type Connection, type Owned } from '#platform';
import { overlap, type Span } from '../booking/rules/index.ts';
import {
  patientTable,
  waitlistChangeTable,
  waitlistPassedTable,
  waitlistTable,
  type WaitlistChangeRow,
  type WaitlistRow,
} from '../tables.ts';

const { id, patientId, typeId, practitionerId, status, holdId, latest, offerExpiresAt } = waitlistTable;
const isOpen = sql`${status} in ('waiting', 'offered')`;

const clock = new Statement<{ now: string }>(
  'waitlist_clock',
  `select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as now`,
);

const lockOpen = new Statement<{ id: string }>(
  'waitlist_lock_open',
  `select id from appointment.waitlist_entry
   where (patient_id = any ($1::uuid[]) and type_id = $2 or hold_id = $3) and status in ('waiting', 'offered')
   order by id for update`,
);

/** A visit that an entry does not take; instants of the API. */
export interface Passed {
  practitionerId: string;
  start: string;
  end: string;
}

@Injectable()
export class WaitlistRepository implements Owned {
  async ownersOf(connection: Connection, entryId: string): Promise<string[]> {
    const patientId = (await this.find(connection, entryId))?.patientId;
    return patientId === undefined ? [] : [patientId];
  }

  async insert(tx: Connection, entry: WaitlistRow, by: string): Promise<void> {
    await tx.insert(waitlistTable).values(entry);
    await this.#note(tx, entry, by, { action: 'entered' });
  }

  /** The time now by the clock that also tells when time is freed. */
  async now(connection: Connection): Promise<string> {
    const row = await clock.row(connection);
    if (!row) throw new Error('the database did not tell the time');
    return toUtc(row.now);
  }

  async find(connection: Connection, entryId: string): Promise<WaitlistRow | undefined> {
    const [row] = await connection.select().from(waitlistTable).where(eq(id, entryId));
    return row;
  }

  findForChange(tx: Connection, entryId: string): Promise<WaitlistRow | undefined> {
    return this.#lockOne(tx, eq(id, entryId));
  }

  /** The entry that a hold is offered to. */
  findOfferedForChange(tx: Connection, offeredHoldId: string): Promise<WaitlistRow | undefined> {
    return this.#lockOne(tx, eq(holdId, offeredHoldId));
  }

  /** The same if the offer has run out, by the clock that judges holds. */
  findLapsedForChange(tx: Connection, offeredHoldId: string): Promise<WaitlistRow | undefined> {
    return this.#lockOne(tx, and(eq(holdId, offeredHoldId), sql`${offerExpiresAt} <= clock_timestamp()`));
  }

  /** The same if the hold was ended before it ran out: it claims nothing. Who books it locks the entry first. */
  findDisplacedForChange(tx: Connection, offeredHoldId: string): Promise<WaitlistRow | undefined> {
    const claims = sql`select from appointment.claim where owner_id = ${offeredHoldId}`;
    return this.#lockOne(tx, and(eq(holdId, offeredHoldId), sql`not exists (${claims})`));
  }

  /** The entry if it is open and its latest start has passed. */
  findOverForChange(tx: Connection, entryId: string): Promise<WaitlistRow | undefined> {
    return this.#lockOne(tx, and(eq(id, entryId), isOpen, sql`${latest} < clock_timestamp()`));
  }

  /** What these patients wait for of a type, and whom a hold is offered to: nothing, for most of those who book. */
  async openForChange(
    tx: Connection,
    patientIds: readonly string[],
    ofTypeId: string,
    offeredHoldId: string | undefined,
  ): Promise<WaitlistRow[]> {
    const locked = await lockOpen.rows(tx, patientIds, ofTypeId, offeredHoldId);
    if (locked.length === 0) return [];
    const ids = locked.map((row) => row.id);
    return tx.select().from(waitlistTable).where(inArray(id, ids)).orderBy(asc(id));
  }

  /** What those of these patients wait for whose records are inactive, and stand for nobody else. */
  openOfInactiveForChange(tx: Connection, patientIds: readonly string[]): Promise<WaitlistRow[]> {
    const inactive = tx
      .select({ id: patientTable.id })
      .from(patientTable)
      .where(
        and(
          inArray(patientTable.id, [...patientIds]),
          eq(patientTable.active, false),
          sql`${patientTable.replacedBy} is null`,
        ),
      );
    return this.#lock(tx, and(inArray(patientId, inactive), isOpen));
  }

  /** Brings an entry to its next version, and notes in the history who did and by what. */
  async change(
    tx: Connection,
    current: WaitlistRow,
    fields: Partial<WaitlistRow>,
    by: string,
    what: WaitlistWhatDto,
  ): Promise<WaitlistRow> {
    const changed = { ...current, ...fields, version: current.version + 1, updatedAt: nowUtc() };
    await tx.update(waitlistTable).set(changed).where(eq(id, current.id));
    await this.#note(tx, changed, by, what);
    return changed;
  }

  /** The entry is not offered any of this time again. */
  async pass(tx: Connection, entryId: string, { practitionerId: whose, start, end }: Passed): Promise<void> {
    await tx
      .insert(waitlistPassedTable)
      .values({ entryId, practitionerId: whose, start, end })
      .onConflictDoNothing();
  }

  /** The visits that these entries are not offered again. */
  async passed(
    connection: Connection,
    entryIds: readonly string[],
  ): Promise<(Passed & { entryId: string })[]> {
    return connection
      .select()
      .from(waitlistPassedTable)
      .where(inArray(waitlistPassedTable.entryId, [...entryIds]));
  }

  /** In the order they were made. */
  async list(
    connection: Connection,
    query: WaitlistQuery,
    limit: number,
    after: string | undefined,
  ): Promise<WaitlistRow[]> {
    return connection
      .select()
      .from(waitlistTable)
      .where(
        and(
          query.patientId === undefined ? undefined : eq(patientId, query.patientId),
          query.typeId === undefined ? undefined : eq(typeId, query.typeId),
          query.practitionerId === undefined ? undefined : eq(practitionerId, query.practitionerId),
          query.status === undefined ? undefined : isNow(query.status),
          after === undefined ? undefined : gt(id, after),
        ),
      )
      .orderBy(asc(id))
      .limit(limit);
  }

  /** The history of an entry, oldest first, after a version. */
  async changes(
    connection: Connection,
    entryId: string,
    limit: number,
    after: number,
  ): Promise<WaitlistChangeRow[]> {
    return connection
      .select()
      .from(waitlistChangeTable)
      .where(and(eq(waitlistChangeTable.entryId, entryId), gt(waitlistChangeTable.version, after)))
      .orderBy(asc(waitlistChangeTable.version))
      .limit(limit);
  }

  async #lockOne(tx: Connection, condition: SQL | undefined): Promise<WaitlistRow | undefined> {
    const [row] = await this.#lock(tx, condition);
    return row;
  }

  /** In the order of ids, as everybody locks them: before claims, after terms. */
  async #lock(tx: Connection, condition: SQL | undefined): Promise<WaitlistRow[]> {
    return tx.select().from(waitlistTable).where(condition).orderBy(asc(id)).for('update');
  }

  async #note(
    tx: Connection,
    { id: entryId, version, updatedAt }: WaitlistRow,
    by: string,
    what: WaitlistWhatDto,
  ): Promise<void> {
    await tx.insert(waitlistChangeTable).values({ entryId, version, at: updatedAt, by, what });
  }
}

/** As statusAt judges it. */
function isNow(asked: WaitlistStatus): SQL | undefined {
  const isLive = sql`${offerExpiresAt} > now()`;
  const isOver = sql`${latest} < now()`;
  const isWaiting = sql`(${status} = 'waiting' or (${status} = 'offered' and not ${isLive}))`;
  switch (asked) {
    case 'offered':
      return and(eq(status, 'offered'), isLive);
    case 'waiting':
      return and(isWaiting, sql`not ${isOver}`);
    case 'expired':
      return sql`(${status} = 'expired' or (${isWaiting} and ${isOver}))`;
    case 'booked':
    case 'withdrawn':
      return eq(status, asked);
  }
}

export function required(entry: WaitlistRow | undefined): WaitlistRow {
  if (!entry) throw new NotFound('waitlist entry');
  return entry;
}

/** Whether a visit to a practitioner would have any of the time that was passed. */
export function isOf(passed: Passed, practitionerId: string, visit: Span): boolean {
  const span = { start: Date.parse(passed.start), end: Date.parse(passed.end) };
  return passed.practitionerId === practitionerId && overlap(span, visit);
}
