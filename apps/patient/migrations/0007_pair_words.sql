-- Who has two words in a name, in either order, with all words of that patient, ` ada lovelace `: whoever is found is
-- compared without a further look for each. A word makes a pair with itself too, so that one word may answer two that were
-- typed. 0008 fills in those who are there already; meanwhile nobody reads this. The tables it takes the place of,
-- patient_word and patient_word_pair, are kept as they were for the version before, which reads them.
create table patient_pair (
  word text collate "C" not null,
  other text collate "C" not null,
  patient_id uuid not null,
  words text not null,
  primary key (word, other, patient_id) include (words)
);

create or replace function make_pairs(patients patient[]) returns void language sql as $$
  with pair as materialized (
    select word, other, id, ' ' || array_to_string(words, ' ') || ' ' as words
    from unnest(patients) cross join patient.name_words(name) as words cross join unnest(words) as word cross join unnest(words) as other
  ), before as (
    insert into patient.patient_word_pair (word, other, patient_id) select word, other, id from pair on conflict do nothing
  )
  insert into patient.patient_pair (word, other, patient_id, words)
  select word, other, id, words from pair on conflict do nothing
$$;

create or replace function keep_pairs() returns trigger language plpgsql as $$
declare
  had text[];
begin
  if tg_op <> 'INSERT' then
    had := patient.name_words(old.name);
    delete from patient.patient_word_pair where word = any (had) and other = any (had) and patient_id = old.id;
    delete from patient.patient_pair where word = any (had) and other = any (had) and patient_id = old.id;
  end if;
  if tg_op <> 'DELETE' then
    perform patient.make_pairs(array[new]);
  end if;
  return null;
end
$$;

grant select, insert, delete on patient_pair to patient;
