-- What patient_name_pair took the place of in 0007, patient_word and patient_word_pair, is kept up no more: nobody reads it.

-- Waits for whoever is registering just now: they keep it up by the functions as they were.
lock table patient in share row exclusive mode;

-- New words come in one order, so that no two who add some wait for each other crosswise.
create or replace function make_findable(patients patient[]) returns void language plpgsql as $$
begin
  insert into patient.name_word (word)
  select distinct named.word
  from unnest(patients) cross join unnest(patient.name_words(name)) as named (word)
  where not exists (select from patient.name_word where name_word.word = named.word)
  order by named.word
  on conflict do nothing;

  insert into patient.patient_key (key, patient_id)
  select key, id from unnest(patients)
  cross join unnest(patient.match_keys(name, birth_date, telecom, address, identifier)) as key
  on conflict do nothing;
end
$$;

create or replace function keep_findable() returns trigger language plpgsql as $$
begin
  if tg_op <> 'INSERT' then
    delete from patient.patient_key where patient_id = old.id
      and key = any (patient.match_keys(old.name, old.birth_date, old.telecom, old.address, old.identifier));
  end if;
  if tg_op <> 'DELETE' then
    perform patient.make_findable(array[new]);
  end if;
  return null;
end
$$;

create or replace function make_pairs(patients patient[]) returns void language sql as $$
  insert into patient.patient_name_pair (word, other, patient_id, words)
  select word, other, id, ' ' || array_to_string(words, ' ') || ' '
  from unnest(patients) cross join patient.name_words(name) as words cross join unnest(words) as word cross join unnest(words) as other
  on conflict do nothing
$$;

create or replace function keep_pairs() returns trigger language plpgsql as $$
declare
  had text[];
begin
  if tg_op <> 'INSERT' then
    had := patient.name_words(old.name);
    delete from patient.patient_name_pair where word = any (had) and other = any (had) and patient_id = old.id;
  end if;
  if tg_op <> 'DELETE' then
    perform patient.make_pairs(array[new]);
  end if;
  return null;
end
$$;
