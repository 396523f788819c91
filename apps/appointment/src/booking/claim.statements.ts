import { Statement } from '#platform';

export type ResourceKind = 'practitioner' | 'room' | 'patient';

/** A claim that was given up; instants in epoch milliseconds. */
export interface Released {
  ownerId: string;
  kind: ResourceKind;
  resourceId: string;
  start: number;
  end: number;
}

const released = `owner_id as "ownerId", resource_kind as kind, resource_id as "resourceId",
  (extract(epoch from lower(during)) * 1000)::float8 as start, (extract(epoch from upper(during)) * 1000)::float8 as "end"`;

export const take = new Statement<{ kind: ResourceKind }>(
  'claims_take',
  `insert into appointment.claim (owner_id, resource_kind, resource_id, during, hold_expires_at)
   select $1, kind, resource_id, tstzrange(from_at, to_at), $6
   from unnest($2::text[], $3::uuid[], $4::timestamptz[], $5::timestamptz[]) with ordinality
     as wanted (kind, resource_id, from_at, to_at, place)
   order by place
   on conflict do nothing
   returning resource_kind as kind`,
);

export const clearExpired = new Statement<Released>(
  'claims_clear_expired',
  `delete from appointment.claim where (owner_id, resource_kind) in (
     select owner_id, resource_kind
     from unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[]) with ordinality
       as wanted (resource_id, from_at, to_at, place)
     join appointment.claim using (resource_id)
     where claim.during && tstzrange(from_at, to_at) and claim.hold_expires_at <= clock_timestamp()
     order by place, lower(claim.during)
     for update of claim)
   returning ${released}`,
);

const inKindOrder = `array_position('{practitioner,room,patient}', resource_kind)`;

// The clock is read once, so that all claims of the hold are judged alike.
const liveOfHold = `
  select owner_id, resource_kind from appointment.claim
  where owner_id = $1 and hold_expires_at > (select clock_timestamp())
  order by ${inKindOrder} for update`;

export const confirm = new Statement<{ kind: ResourceKind }>(
  'claims_confirm',
  `update appointment.claim set owner_id = $2, hold_expires_at = null
   where (owner_id, resource_kind) in (${liveOfHold})
   returning resource_kind as kind`,
);

export const releaseHold = new Statement<Released>(
  'claims_release_hold',
  `delete from appointment.claim
   where (owner_id, resource_kind) in (${liveOfHold})
   returning ${released}`,
);

export const releaseEnded = new Statement<Released>(
  'claims_release_ended',
  `delete from appointment.claim
   where (owner_id, resource_kind) in (
     select owner_id, resource_kind from appointment.claim
     where owner_id = $1 and hold_expires_at <= (select clock_timestamp())
     order by ${inKindOrder} for update)
   returning ${released}`,
);

// A hold goes with all that it keeps: a part of one could not be booked.
export const displaceHolds = new Statement<Released>(
  'claims_displace_holds',
  `delete from appointment.claim where (owner_id, resource_kind) in (
     select owner_id, resource_kind from appointment.claim
     where hold_expires_at is not null and owner_id in (
       select owner_id from appointment.claim
       where resource_id = $1 and during && tstzrange($2, $3) and hold_expires_at is not null)
     order by ${inKindOrder}, resource_id, lower(during)
     for update)
   returning ${released}`,
);

export const takeByOverride = new Statement(
  'claims_take_by_override',
  `insert into appointment.override_claim (owner_id, resource_kind, resource_id, during)
   select $1, kind, resource_id, tstzrange(from_at, to_at)
   from unnest($2::text[], $3::uuid[], $4::timestamptz[], $5::timestamptz[]) as wanted (kind, resource_id, from_at, to_at)`,
);

export const release = new Statement<Released>(
  'claims_release',
  `with overriding as (
     delete from appointment.override_claim where owner_id = any($1::uuid[]) and resource_kind = any($2::text[])
     returning ${released}),
   ordinary as (
     delete from appointment.claim where owner_id = any($1::uuid[]) and resource_kind = any($2::text[])
     returning ${released})
   select * from overriding union all select * from ordinary`,
);

export interface OccupationRow {
  place: number;
  resourceId: string;
  start: number;
  end: number;
  heldUntil: number | null;
  expired: boolean | null;
}

export const occupations = new Statement<OccupationRow>(
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
