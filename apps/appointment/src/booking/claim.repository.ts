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
  /** Whether it is only a hold. */
  held: boolean;
}

/** All writers take claims in this order, and so never wait on each other crosswise. */
const kindOrder: readonly ResourceKind[] = ['practitioner', 'room', 'patient'];

/** Who is occupied when. The exclusion constraint of the table, not this class, keeps claims apart. */
@Injectable()
export class ClaimRepository {
  /**
   * Takes the claims that are free, first clearing away holds that have run out. Waits for whoever is just taking
   * the same.
   * @returns the kinds taken; when one is missing the caller must roll back
   */
  async take(tx: Connection, ownerId: string, claims: readonly Claim[]): Promise<Set<ResourceKind>> {
    const ordered = [...claims].sort((a, b) => kindOrder.indexOf(a.kind) - kindOrder.indexOf(b.kind));
    const spans = ordered.map((claim) => sql`(${claim.resourceId}::uuid, ${range(claim)})`);
    await tx.execute(sql`
      delete from appointment.claim using (values ${sql.join(spans, sql`, `)}) as wanted (resource_id, during)
      where claim.resource_id = wanted.resource_id and claim.during && wanted.during
        and claim.hold_expires_at <= clock_timestamp()`);
    const values = ordered.map(
      (claim) => sql`(${ownerId}::uuid, ${claim.kind}, ${claim.resourceId}::uuid, ${range(claim)})`,
    );
    const { rows } = await tx.execute<{ kind: ResourceKind }>(sql`
      insert into appointment.claim (owner_id, resource_kind, resource_id, during) values ${sql.join(values, sql`, `)}
      on conflict do nothing
      returning resource_kind as kind`);
    return new Set(rows.map(({ kind }) => kind));
  }

  async release(tx: Connection, ownerId: string): Promise<void> {
    await tx.execute(sql`delete from appointment.claim where owner_id = ${ownerId}`);
  }

  /** What occupies any of the resources within a span, holds that have run out left aside. */
  async occupations(
    connection: Connection,
    resourceIds: readonly string[],
    within: Span,
  ): Promise<Occupation[]> {
    const { rows } = await connection.execute<{
      resourceId: string;
      start: string;
      end: string;
      held: boolean;
    }>(sql`
      select claim.resource_id as "resourceId",
        (extract(epoch from lower(claim.during)) * 1000)::bigint as start,
        (extract(epoch from upper(claim.during)) * 1000)::bigint as "end",
        claim.hold_expires_at is not null as held
      from unnest(${sql.param([...resourceIds])}::uuid[]) as resource(id)
      join appointment.claim on claim.resource_id = resource.id and claim.during && ${range(within)}
      where claim.hold_expires_at is null or claim.hold_expires_at > clock_timestamp()`);
    return rows.map((row) => ({ ...row, start: Number(row.start), end: Number(row.end) }));
  }
}

function range({ start, end }: Span): ReturnType<typeof sql> {
  return sql`tstzrange(${new Date(start).toISOString()}::timestamptz, ${new Date(end).toISOString()}::timestamptz)`;
}
