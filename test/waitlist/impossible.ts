import type pg from 'pg';
import { contradictionsSeenBy } from '../faults/contradictions.ts';

const live = `waitlist_entry as entry where status = 'offered' and offer_expires_at > clock_timestamp()`;

/** What the waitlist can't hold at any moment, each as a query that finds nothing when all is well. */
const impossible = {
  'live offers without just the claims of their hold': `
    select from appointment.${live} and not exists (
      select from appointment.hold where id = hold_id and start_at = offer_start_at
        and practitioner_id = offer_practitioner_id and expires_at = offer_expires_at
        and type_id = entry.type_id and patient_id is not null
        and (select array_agg(row(resource_kind, resource_id)::text order by resource_kind) from appointment.claim
             where owner_id = hold.id and hold_expires_at = hold.expires_at)
          = (select array_agg(row(kind, resource_id)::text order by kind) from (values ('patient', patient_id),
               ('practitioner', practitioner_id), ('room', room_id)) as due (kind, resource_id) where resource_id is not null))`,
  'entries with an offer that are not offered it, or the other way round': `
    select from appointment.waitlist_entry where (status = 'offered') <> (hold_id is not null)
      or (hold_id is null) <> (offer_start_at is null) or (status = 'booked') <> (appointment_id is not null)`,
  'holds that are offered to two': `
    select hold_id from appointment.waitlist_entry where hold_id is not null group by hold_id having count(*) > 1`,
  'patients with two offers that overlap': `
    with offer as (
      select patient_id, hold.start_at, hold.end_at, hold_id from appointment.waitlist_entry
      join appointment.hold using (patient_id) where hold.id = hold_id and offer_expires_at > clock_timestamp())
    select from offer a join offer b on a.patient_id = b.patient_id and a.hold_id < b.hold_id
      and a.start_at < b.end_at and b.start_at < a.end_at`,
  'offers outside of what is waited for': `
    select from appointment.waitlist_entry where status = 'offered' and latest_at > clock_timestamp() and (
      offer_start_at not between earliest_at and latest_at
      or (practitioner_id is not null and practitioner_id <> offer_practitioner_id))`,
  'times offered again to who left them': `
    select from appointment.waitlist_entry as entry join appointment.waitlist_passed as passed
      on passed.entry_id = entry.id and passed.start_at = offer_start_at
      and passed.practitioner_id = offer_practitioner_id where status = 'offered'`,
  'entries without just their history': `
    select from appointment.waitlist_entry as entry
      where version <> (select count(*) from appointment.waitlist_change where entry_id = entry.id)`,
  'claims of an offer that nobody has any more': `
    select from appointment.claim where hold_expires_at > clock_timestamp() and owner_id in (
      select (what -> 'offer' ->> 'holdId')::uuid from appointment.waitlist_change where what ->> 'action' = 'offered')
      and not exists (select from appointment.waitlist_entry where hold_id = owner_id)`,
};

const statement = {
  name: 'impossible',
  text: Object.entries(impossible)
    .map(([what, found]) => `select '${what}' as what, count(*)::int as count from (${found}) as found`)
    .join(' union all '),
};

/** What is wrong with the waitlist and the book, a line each. */
export async function impossibleIn(superuser: pg.Pool): Promise<string[]> {
  const client = await superuser.connect();
  try {
    const { rows } = await client.query<{ what: string; count: number }>(statement);
    const found = rows.filter(({ count }) => count > 0).map(({ what, count }) => `${count} ${what}`);
    return [...found, ...(await contradictionsSeenBy(client))];
  } finally {
    client.release();
  }
}
