import { Injectable } from '@nestjs/common';
import { eq, sql } from 'drizzle-orm';
import { toUtc, type Connection, type Owned } from '#platform';
import { holdTable, type HoldRow } from '../tables.ts';

/** A batch that one new hold clears away, so that they never become many. */
const forgottenAtOnce = 20;

@Injectable()
export class HoldRepository implements Owned {
  async ownersOf(connection: Connection, id: string): Promise<string[]> {
    const patientId = (await this.find(connection, id))?.patientId;
    return typeof patientId === 'string' ? [patientId] : [];
  }

  /** So many seconds from now by the database's clock, which also judges it; at the start at the latest. */
  async expiry(tx: Connection, ttlSeconds: number, start: string): Promise<string> {
    const { rows } = await tx.execute<{ at: string }>(sql`
      select to_char(least(clock_timestamp() + make_interval(secs => ${ttlSeconds}), ${start}::timestamptz),
        'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at`);
    const [row] = rows;
    if (!row) throw new Error('the database did not tell the time');
    return toUtc(row.at);
  }

  async insert(tx: Connection, hold: HoldRow): Promise<void> {
    await tx.insert(holdTable).values(hold);
  }

  /** The hold, whether or not it still lives. */
  async find(connection: Connection, id: string): Promise<HoldRow | undefined> {
    const [row] = await connection.select().from(holdTable).where(eq(holdTable.id, id));
    return row;
  }

  /** The hold while it keeps its time: not once it has run out, was used or given back. */
  async findLive(connection: Connection, id: string): Promise<HoldRow | undefined> {
    const [row] = await connection.select().from(holdTable).where(sql`${holdTable.id} = ${id} and exists (
      select from appointment.claim where owner_id = ${id} and hold_expires_at > clock_timestamp())`);
    return row;
  }

  /** Clears away what ran out more than a day ago, and what nobody wanted of its time. */
  async forgetOld(tx: Connection): Promise<void> {
    await tx.execute(sql`
      with old as (
        delete from appointment.hold where id in (
          select id from appointment.hold where expires_at < now() - interval '1 day'
          order by expires_at limit ${forgottenAtOnce} for update skip locked)
        returning id)
      delete from appointment.claim where (owner_id, resource_kind) in (
        select owner_id, resource_kind from appointment.claim
        where owner_id in (select id from old) and hold_expires_at is not null
        for update skip locked)`);
  }
}
