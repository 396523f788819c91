import { query } from '../harness/sql.ts';

/**
 * Fills the register with made-up people by SQL: family names out of thirty thousand and given names out of two
 * thousand, a few of them frequent as names are (Zipf), three in four with a phone and e-mail, half with an address.
 * They are made findable at the end, as the migration does it to those who were there before it.
 * @param people how many there are to be, with those whom it filled in before
 */
export async function fillRegister(superuserUrl: string, people: number, present = 0): Promise<void> {
  await query(superuserUrl, names);
  await query(superuserUrl, 'alter table patient.patient disable trigger user');
  for (let from = present + 1; from <= people; from += batch)
    await query(superuserUrl, rows, [from, Math.min(from + batch - 1, people)]);
  await query(superuserUrl, 'alter table patient.patient enable trigger user');
  await query(superuserUrl, 'call patient.make_all_findable()');
  await query(superuserUrl, 'call patient.make_all_pairs()');
  for (const table of ['patient', 'patient_name_pair', 'patient_key', 'name_word'])
    await query(superuserUrl, `vacuum analyze patient.${table}`);
}

const batch = 50_000;

/** The names by number, out of syllables: the lower a number, the more often it is taken below. */
const names = `
  create or replace function public.syllables(number bigint) returns text language sql immutable as $$
    select string_agg((array['ba','der','fi','gol','hu','kan','le','mi','nor','pu','ra','sen','ti','vol','zu','schmi'])
      [1 + (number * 7919 + 13) / (16 ^ place)::bigint % 16], '' order by place) from generate_series(0, 3) as place
  $$;
  create or replace function public.zipf(most integer) returns bigint language sql volatile as $$
    select floor(most ^ random())::bigint
  $$;
  create or replace function public.person_name() returns jsonb language sql volatile as $$
    select jsonb_build_array(jsonb_build_object('use', 'official', 'prefix', '[]'::jsonb,
      'family', initcap(public.syllables(public.zipf(30000))),
      'given', case when random() < 0.3
        then jsonb_build_array(initcap(left(public.syllables(50000 + public.zipf(2000)), 6)), initcap(left(public.syllables(50000 + public.zipf(2000)), 6)))
        else jsonb_build_array(initcap(left(public.syllables(50000 + public.zipf(2000)), 6))) end))
  $$`;

const rows = `
  insert into patient.patient (id, mrn, active, name, birth_date, gender, telecom, address, identifier, communication,
    version, created_at, updated_at)
  select gen_random_uuid(), 'bench-' || number, true, public.person_name(),
    date '1930-01-01' + floor(random() * 34000)::integer, (array['male', 'female'])[1 + number % 2],
    case when random() < 0.75 then jsonb_build_array(
      jsonb_build_object('system', 'phone', 'value', '+4479' || lpad(floor(random() * 1e8)::bigint::text, 8, '0')),
      jsonb_build_object('system', 'email', 'value', 'person' || number || '@example.org')) else '[]' end,
    case when random() < 0.5 then jsonb_build_array(jsonb_build_object('line',
      jsonb_build_array(floor(random() * 180)::integer || ' High Street'), 'city', 'Hexham',
      'postalCode', 'HX' || floor(random() * 99)::integer || ' ' || floor(random() * 10)::integer || chr(65 + floor(random() * 26)::integer) || chr(65 + floor(random() * 26)::integer)))
      else '[]' end,
    case when random() < 0.3 then jsonb_build_array(jsonb_build_object('system', 'urn:bench', 'value', number::text)) else '[]' end,
    '[]', 1, now(), now()
  from generate_series($1::integer, $2::integer) as number`;
