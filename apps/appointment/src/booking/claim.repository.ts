import { Injectable } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import type { Connection } from '#platform';
import type { Span } from './rules/index.ts';

export type ResourceKind = 'practitioner' | 'room' | 'patient';

/** One resource's part in an appointment or a hold. */
export interface Claim extends Span {
  kind: ResourceKind;
  resourceId: string;
}

/** A claim of somebody's, as others meet it. */
export interface Occupation extends Span {
  resourceId: string;
  /** When the hold runs out, epoch milliseconds; undefined for an appointment. */
  heldUntil: number | undefined;
}

/** All writers take claims in this order, and so never wait on each other crosswise. */
const kindOrder: readonly ResourceKind[] = ['practitioner', 'room', 'patient'];

/** Who is occupied when. The exclusion constraint of the table, not this class, keeps claims apart. */
@Injectable()
export class ClaimRepository {
  /**
   * Takes the claims that are free. Waits for whoever is just taking the same.
   * @param holdExpiresAt an instant, for a hold
   * @returns the kinds taken; when one is missing the caller must not leave it at that
   */
  async take(
    tx: Connection,
    ownerId: string,
    claims: readonly Claim[],
    holdExpiresAt: string | null,
  ): Promise<Set<ResourceKind>> {
    const values = inOrder(claims).map(
      (claim) =>
        sql`(${ownerId}::uuid, ${claim.kind}, ${claim.resourceId}::uuid, ${range(claim)}, ${holdExpiresAt}::timestamptz)`,
    );
    const { rows } = await tx.execute<{ kind: ResourceKind }>(sql`
      insert into appointment.claim (owner_id, resource_kind, resource_id, during, hold_expires_at)
      values ${sql.join(values, sql`, `)}
      on conflict do nothing
      returning resource_kind as kind`);
    return new Set(rows.map(({ kind }) => kind));
  }

  /** Clears away the holds in the way of these claims that have run out, in the order in which claims are taken. */
  async clearExpired(tx: Connection, claims: readonly Claim[]): Promise<void> {
    const spans = inOrder(claims).map(
      (claim, place) => sql`(${place}::int, ${claim.resourceId}::uuid, ${range(claim)})`,
    );
    await tx.execute(sql`
      delete from appointment.claim where (owner_id, resource_kind) in (
        select owner_id, resource_kind
        from (values ${sql.join(spans, sql`, `)}) as wanted (place, resource_id, during)
        join appointment.claim using (resource_id)
        where claim.during && wanted.during and claim.hold_expires_at <= clock_timestamp()
        order by place, lower(claim.during)
        for update of claim)`);
  }

  /**
   * Makes the claims of a hold those of an appointment, if it has not run out.
   * @returns the kinds of its claims; none when it has run out, was used or given back
   */
  async confirm(tx: Connection, holdId: string, appointmentId: string): Promise<Set<ResourceKind>> {
    // The clock is read once, so that all claims of the hold are judged alike.
    const { rows } = await tx.execute<{ kind: ResourceKind }>(sql`
      update appointment.claim set owner_id = ${appointmentId}, hold_expires_at = null
      where owner_id = ${holdId} and hold_expires_at > (select clock_timestamp())
      returning resource_kind as kind`);
    return new Set(rows.map(({ kind }) => kind));
  }

  /** Claims outside the constraint: they may overlap what is there. */
  async takeByOverride(tx: Connection, ownerId: string, claims: readonly Claim[]): Promise<void> {
    const values = claims.map(
      (claim) => sql`(${ownerId}::uuid, ${claim.kind}, ${claim.resourceId}::uuid, ${range(claim)})`,
    );
    await tx.execute(sql`
      insert into appointment.override_claim (owner_id, resource_kind, resource_id, during)
      values ${sql.join(values, sql`, `)}`);
  }

  /** Gives up claims of these owners: all, or those of some kinds. */
  async release(
    tx: Connection,
    ownerIds: readonly string[],
    kinds: readonly ResourceKind[] = kindOrder,
  ): Promise<void> {
    await tx.execute(sql`
      with overriding as (
        delete from appointment.override_claim
        where owner_id = any(${sql.param([...ownerIds])}::uuid[]) and resource_kind = any(${sql.param([...kinds])}))
      delete from appointment.claim
      where owner_id = any(${sql.param([...ownerIds])}::uuid[]) and resource_kind = any(${sql.param([...kinds])})`);
  }

  /**
   * What occupies any of the resources within a span.
   * @returns what does, and whether holds that have run out lie there besides
   */
  async occupations(
    connection: Connection,
    resourceIds: readonly string[],
    within: Span,
  ): Promise<{ occupations: Occupation[]; anyExpired: boolean }> {
    const { rows } = await connection.execute<{
      resourceId: string;
      start: string;
      end: string;
      heldUntil: string | null;
      expired: boolean | null;
    }>(sql`
      select taken.resource_id as "resourceId", ${epochMs(sql`lower(taken.during)`)} as start,
        ${epochMs(sql`upper(taken.during)`)} as "end", ${epochMs(sql`taken.hold_expires_at`)} as "heldUntil",
        taken.hold_expires_at <= clock_timestamp() as expired
      from unnest(${sql.param([...resourceIds])}::uuid[]) as resource(id)
      cross join lateral (
        select resource_id, during, hold_expires_at from appointment.claim
        where resource_id = resource.id and during && ${range(within)}
        union all
        select resource_id, during, null from appointment.override_claim
        where resource_id = resource.id and during && ${range(within)}) as taken`);
    const live = rows.filter(({ expired }) => expired !== true);
    return { occupations: live.map(toOccupation), anyExpired: live.length < rows.length };
  }
}

function toOccupation(row: {
  resourceId: string;
  start: string;
  end: string;
  heldUntil: string | null;
}): Occupation {
  const { resourceId, start, end, heldUntil } = row;
  return {
    resourceId,
    start: Number(start),
    end: Number(end),
    heldUntil: heldUntil === null ? undefined : Number(heldUntil),
  };
}

function inOrder(claims: readonly Claim[]): Claim[] {
  return [...claims].sort((a, b) => kindOrder.indexOf(a.kind) - kindOrder.indexOf(b.kind));
}

function range({ start, end }: Span): ReturnType<typeof sql> {
  return sql`tstzrange(${new Date(start).toISOString()}::timestamptz, ${new Date(end).toISOString()}::timestamptz)`;
}

function epochMs(instant: ReturnType<typeof sql>): ReturnType<typeof sql> {
  return sql`(extract(epoch from ${instant}) * 1000)::bigint`;
}
