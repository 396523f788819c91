import type pg from 'pg';

/** The claims that occupy time for appointments, whichever table they are in. */
const claims = `(
  select owner_id, resource_kind, resource_id, during from appointment.claim where hold_expires_at is null
  union all select owner_id, resource_kind, resource_id, during from appointment.override_claim)`;
const withBuffers = `tstzrange(start_at - buffer_before * interval '1 minute', end_at + buffer_after * interval '1 minute')`;
/** What an appointment or a hold is to occupy, as rows of kind, resource and time. */
const due = `(values ('practitioner', practitioner_id, ${withBuffers}), ('room', room_id, ${withBuffers}),
  ('patient', patient_id, tstzrange(start_at, end_at))) as due (kind, id, during) where due.id is not null`;
const dueClaims = `(select array_agg(row(kind, id, during)::text order by kind) from ${due})`;
const claimsOf = (table: string) =>
  `(select array_agg(row(resource_kind, resource_id, during)::text order by resource_kind) from ${table} as claims
    where owner_id = owner.id)`;

/** Of a claim against the rules: it is the patient's time of an appointment that collides with another. */
const isMarked = `patient_conflict and override_claim.resource_kind = 'patient'`;

/** What the tables can't hold at once, each as a query that finds nothing when all is well. */
const contradictions = {
  'claims of one resource that overlap': `
    select from appointment.claim a join appointment.claim b
      on a.resource_id = b.resource_id and (a.owner_id, a.resource_kind) < (b.owner_id, b.resource_kind)
      and a.during && b.during`,
  'claims without an appointment that occupies its time': `
    select from ${claims} as claims where not exists (
      select from appointment.appointment where id = owner_id and status not in ('cancelled', 'noshow'))`,
  'appointments without just the claims they need': `
    select from appointment.appointment as owner where status not in ('cancelled', 'noshow')
      and ${claimsOf(claims)} is distinct from ${dueClaims}`,
  'claims against the rules of an appointment that was booked by them': `
    select from appointment.override_claim where not exists (
      select from appointment.appointment where id = owner_id and (override_reason is not null or ${isMarked}))`,
  'appointments with claims both by the rules and against them': `
    select from appointment.override_claim join appointment.claim using (owner_id) where not exists (
      select from appointment.appointment where id = owner_id and ${isMarked})`,
  'claims of a hold that is not there': `
    select from appointment.claim where hold_expires_at is not null and not exists (
      select from appointment.hold where id = owner_id)`,
  'claims of a hold that are not all it needs, or run out at another time': `
    select from appointment.hold as owner
      where exists (select from appointment.claim where owner_id = owner.id and hold_expires_at > clock_timestamp())
        and (${claimsOf('appointment.claim')} is distinct from ${dueClaims}
          or exists (select from appointment.claim where owner_id = owner.id and hold_expires_at is distinct from expires_at))`,
  'appointments that end at another time than they last': `
    select from appointment.appointment where end_at <> start_at + minutes * interval '1 minute'`,
  'appointments without just their history': `
    select from appointment.appointment
      where version <> (select count(*) from appointment.appointment_change where appointment_id = id)`,
  'marks of a collision where there is none': `
    select from appointment.appointment as marked where patient_conflict and (
      status in ('cancelled', 'noshow') or override_reason is not null or not exists (
        select from ${claims} as claims
        where resource_id = patient_id and owner_id <> marked.id and during && tstzrange(start_at, end_at)))`,
  'keys without an answer': `
    select from appointment.idempotency where status is null union all
    select from patient.idempotency where status is null`,
};

const statement = {
  name: 'contradictions',
  text: Object.entries(contradictions)
    .map(([what, query]) => `select '${what}' as what, count(*)::int as count from (${query}) as found`)
    .join(' union all '),
};

/** What is wrong in the database, a line each; the client must be a superuser's. */
export async function contradictionsSeenBy(client: pg.ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ what: string; count: number }>(statement);
  return rows.filter(({ count }) => count > 0).map(({ what, count }) => `${count} ${what}`);
}
