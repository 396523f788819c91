import { Injectable } from '@nestjs/common';
import { Database, Gathered, Statement, type Connection } from '#platform';
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

const take = new Statement<{ kind: ResourceKind }>(
  'claims_take',
  `insert into appointment.claim (owner_id, resource_kind, resource_id, during, hold_expires_at)
   select $1, kind, resource_id, tstzrange(from_at, to_at), $6
   from unnest($2::text[], $3::uuid[], $4::timestamptz[], $5::timestamptz[]) with ordinality
     as wanted (kind, resource_id, from_at, to_at, place)
   order by place
   on conflict do nothing
   returning resource_kind as kind`,
);

const clearExpired = new Statement(
  'claims_clear_expired',
  `delete from appointment.claim where (owner_id, resource_kind) in (
     select owner_id, resource_kind
     from unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[]) with ordinality
       as wanted (resource_id, from_at, to_at, place)
     join appointment.claim using (resource_id)
     where claim.during && tstzrange(from_at, to_at) and claim.hold_expires_at <= clock_timestamp()
     order by place, lower(claim.during)
     for update of claim)`,
);

// The clock is read once, so that all claims of the hold are judged alike.
const confirm = new Statement<{ kind: ResourceKind }>(
  'claims_confirm',
  `update appointment.claim set owner_id = $2, hold_expires_at = null
   where owner_id = $1 and hold_expires_at > (select clock_timestamp())
   returning resource_kind as kind`,
);

const releaseHold = new Statement<{ kind: ResourceKind }>(
  'claims_release_hold',
  `delete from appointment.claim
   where owner_id = $1 and hold_expires_at > (select clock_timestamp())
   returning resource_kind as kind`,
);

const takeByOverride = new Statement(
  'claims_take_by_override',
  `insert into appointment.override_claim (owner_id, resource_kind, resource_id, during)
   select $1, kind, resource_id, tstzrange(from_at, to_at)
   from unnest($2::text[], $3::uuid[], $4::timestamptz[], $5::timestamptz[]) as wanted (kind, resource_id, from_at, to_at)`,
);

const release = new Statement(
  'claims_release',
  `with overriding as (
     delete from appointment.override_claim where owner_id = any($1::uuid[]) and resource_kind = any($2::text[]))
   delete from appointment.claim where owner_id = any($1::uuid[]) and resource_kind = any($2::text[])`,
);

interface OccupationRow {
  place: number;
  resourceId: string;
  start: number;
  end: number;
  heldUntil: number | null;
  expired: boolean | null;
}

const occupations = new Statement<OccupationRow>(
  'claims_occupations',
  `select place, taken.resource_id as "resourceId", taken.hold_expires_at <= clock_timestamp() as expired,
     (extract(epoch from lower(taken.during)) * 1000)::float8 as start,
     (extract(epoch from upper(taken.during)) * 1000)::float8 as "end",
     (extract(epoch from taken.hold_expires_at) * 1000)::float8 as "heldUntil"
   from unnest($1::int[], $2::uuid[], $3::timestamptz[], $4::timestamptz[]) as asked (place, resource_id, from_at, to_at)
   cross join lateral (
     select resource_id, during, hold_expires_at from appointment.claim
     where resource_id = asked.resource_id and during && tstzrange(from_at, to_at)
     union all
     select resource_id, during, null from appointment.override_claim
     where resource_id = asked.resource_id and during && tstzrange(from_at, to_at)) as taken`,
);

/** Whose time is looked at, and which. */
interface Look {
  resourceIds: readonly string[];
  within: Span;
}

/** What occupies it, and whether holds that have run out lie there besides. */
export interface Seen {
  occupations: Occupation[];
  anyExpired: boolean;
}

/** Who is occupied when. The exclusion constraint of the table, not this class, keeps claims apart. */
@Injectable()
export class ClaimRepository {
  readonly #looks: Gathered<Look, Seen>;

  constructor({ reader }: Database) {
    this.#looks = new Gathered(reader, readOccupations);
  }

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
    const ordered = inOrder(claims);
    const kinds = ordered.map(({ kind }) => kind);
    const rows = await take.rows(tx, ownerId, kinds, ...spansOf(ordered), holdExpiresAt);
    return new Set(rows.map(({ kind }) => kind));
  }

  /** Clears away the holds in the way of these claims that have run out, in the order in which claims are taken. */
  async clearExpired(tx: Connection, claims: readonly Claim[]): Promise<void> {
    await clearExpired.rows(tx, ...spansOf(inOrder(claims)));
  }

  /**
   * Makes the claims of a hold those of an appointment, if it has not run out.
   * @returns the kinds of its claims; none when it has run out, was used or given back
   */
  async confirm(tx: Connection, holdId: string, appointmentId: string): Promise<Set<ResourceKind>> {
    const rows = await confirm.rows(tx, holdId, appointmentId);
    return new Set(rows.map(({ kind }) => kind));
  }

  /**
   * Gives up the claims of a hold, if it has not run out.
   * @returns whether there were any: of those who come at once one alone uses a hold or gives it back
   */
  async releaseHold(tx: Connection, holdId: string): Promise<boolean> {
    return (await releaseHold.rows(tx, holdId)).length > 0;
  }

  /** Claims outside the constraint: they may overlap what is there. */
  async takeByOverride(tx: Connection, ownerId: string, claims: readonly Claim[]): Promise<void> {
    const kinds = claims.map(({ kind }) => kind);
    await takeByOverride.rows(tx, ownerId, kinds, ...spansOf(claims));
  }

  /** Gives up claims of these owners: all, or those of some kinds. */
  async release(
    tx: Connection,
    ownerIds: readonly string[],
    kinds: readonly ResourceKind[] = kindOrder,
  ): Promise<void> {
    await release.rows(tx, ownerIds, kinds);
  }

  /** What occupies any of the resources within a span. */
  occupations(connection: Connection, resourceIds: readonly string[], within: Span): Promise<Seen> {
    return this.#looks.get(connection, { resourceIds, within });
  }
}

async function readOccupations(connection: Connection, looks: readonly Look[]): Promise<Seen[]> {
  const asked = looks.flatMap(({ resourceIds, within: { start, end } }, place) =>
    resourceIds.map((id) => ({ place, id, start: instantText(start), end: instantText(end) })),
  );
  const rows = await occupations.rows(
    connection,
    asked.map(({ place }) => place),
    asked.map(({ id }) => id),
    asked.map(({ start }) => start),
    asked.map(({ end }) => end),
  );
  const byPlace = Map.groupBy(rows, ({ place }) => place);
  return looks.map((_, place) => {
    const found = byPlace.get(place) ?? [];
    const live = found.filter(({ expired }) => expired !== true);
    return { occupations: live.map(toOccupation), anyExpired: live.length < found.length };
  });
}

function toOccupation({ resourceId, start, end, heldUntil }: OccupationRow): Occupation {
  return { resourceId, start, end, heldUntil: heldUntil ?? undefined };
}

function inOrder(claims: readonly Claim[]): Claim[] {
  return [...claims].sort((a, b) => kindOrder.indexOf(a.kind) - kindOrder.indexOf(b.kind));
}

/** The columns of claims as parameters: ids, starts, ends. */
function spansOf(claims: readonly Claim[]): [ids: string[], starts: string[], ends: string[]] {
  return [
    claims.map(({ resourceId }) => resourceId),
    claims.map(({ start }) => instantText(start)),
    claims.map(({ end }) => instantText(end)),
  ];
}

function instantText(instant: number): string {
  return new Date(instant).toISOString();
}
