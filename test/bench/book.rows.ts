import { query } from '../harness/sql.ts';

/**
 * Fills the appointment book by SQL: appointments of half an hour with their claims, and a patient for each four. A practitioner's
 * days are full from eight to four and free from then to eight: by turns back from yesterday, which took place, and on from the day
 * after tomorrow.
 */
export async function fillBook(
  superuserUrl: string,
  { appointments, typeId }: { appointments: number; typeId: string },
): Promise<void> {
  await query(superuserUrl, rows, [appointments, typeId, JSON.stringify(weekly)]);
  for (const table of [
    'patient',
    'practitioner',
    'availability',
    'appointment',
    'appointment_change',
    'claim',
  ])
    await query(superuserUrl, `vacuum analyze appointment.${table}`);
}

/** So few that callers who ask at once seldom ask about the same practitioner, in a small book either. */
const ofPractitioner = 128;

const weekly = [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '08:00', to: '20:00' }];

const rows = `
  with practitioner as (
    insert into appointment.practitioner (id, name, active, type_ids, version)
    select gen_random_uuid(), 'Practitioner ' || number, true, array[$2::uuid], 1
    from generate_series(1, ceil($1::numeric / ${ofPractitioner})) as number returning id),
  availability as (
    insert into appointment.availability (practitioner_id, time_zone, weekly, exceptions, version)
    select id, 'UTC', $3::jsonb, '[]', 1 from practitioner),
  patient as (
    insert into appointment.patient (id, active, version)
    select gen_random_uuid(), true, 1 from generate_series(1, ceil($1::numeric / 4)) returning id),
  made as materialized (
    select gen_random_uuid() as id, patient.id as patient_id, practitioner.id as practitioner_id,
      date_trunc('day', now()) + (case when day % 2 = 0 then 2 + day / 2 else -1 - day / 2 end) * interval '1 day'
        + interval '8 hours' + place % 16 * interval '30 minutes' as start_at
    from (select number, (number - 1) / ${ofPractitioner} + 1 as practitioner_number, (number - 1) % ${ofPractitioner} as place,
        (number - 1) % ${ofPractitioner} / 16 as day, (number - 1) / 4 + 1 as patient_number
      from generate_series(1, $1::int) as number) as numbered
    join (select id, row_number() over () as number from practitioner) as practitioner
      on practitioner.number = practitioner_number
    join (select id, row_number() over () as number from patient) as patient on patient.number = patient_number),
  booked as (
    insert into appointment.appointment (id, status, type_id, patient_id, practitioner_id, start_at, end_at, minutes,
      buffer_before, buffer_after, patient_conflict, version, created_at, updated_at)
    select id, case when start_at < now() then 'fulfilled' else 'booked' end, $2, patient_id, practitioner_id, start_at,
      start_at + interval '30 minutes', 30, 0, 0, false, 1, now(), now() from made),
  noted as (
    insert into appointment.appointment_change (appointment_id, version, at, by, what)
    select id, 1, now(), 'bench', '{"action": "booked"}' from made)
  insert into appointment.claim (owner_id, resource_kind, resource_id, during)
  select id, 'practitioner', practitioner_id, tstzrange(start_at, start_at + interval '30 minutes') from made
  union all
  select id, 'patient', patient_id, tstzrange(start_at, start_at + interval '30 minutes') from made`;
