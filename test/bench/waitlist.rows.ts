import { query } from '../harness/sql.ts';

interface Clinic {
  typeIds: readonly string[];
  practitionerIds: readonly string[];
}

/**
 * Fills the waitlist by SQL: each entry another patient's, for a window of one to fourteen days within the next sixty, half
 * of them for one practitioner, one in ten urgent; and beside those who wait three times as many who did.
 */
export async function fillWaitlist(
  superuserUrl: string,
  waiting: number,
  { typeIds, practitionerIds }: Clinic,
): Promise<void> {
  await query(superuserUrl, rows, [typeIds, practitionerIds, waiting, 4 * waiting]);
  await query(superuserUrl, 'vacuum analyze appointment.waitlist_entry');
}

const rows = `
  with made as (
    select number, gen_random_uuid() as id, gen_random_uuid() as patient_id,
      date_trunc('day', now()) + random() * interval '60 days' as earliest
    from generate_series(1, $4::int) as number),
  patient as (
    insert into appointment.patient (id, active, version) select patient_id, true, 1 from made)
  insert into appointment.waitlist_entry (id, patient_id, type_id, practitioner_id, earliest_at, latest_at, rank, status,
    version, created_at, updated_at)
  select id, patient_id, ($1::uuid[])[1 + number % cardinality($1::uuid[])],
    case when random() < 0.5 then ($2::uuid[])[1 + floor(random() * cardinality($2::uuid[]))::int] end,
    earliest, earliest + interval '1 day' + random() * interval '13 days', (random() > 0.1)::int,
    case when number <= $3::int then 'waiting' else 'withdrawn' end, 1,
    now() - number * interval '1 minute', now() - number * interval '1 minute'
  from made`;
