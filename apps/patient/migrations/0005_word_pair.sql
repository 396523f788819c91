-- Who has two words in a name, in either order: whoever is looked for by both is found without a look at the many who have
-- one of them. A word makes a pair with itself too, so that one word may answer two that were typed. 0006 fills in those
-- who are there already; meanwhile nobody reads this.
create table patient_word_pair (
  word text collate "C" not null,
  other text collate "C" not null,
  patient_id uuid not null,
  primary key (word, other, patient_id)
);

create function make_pairs(patients patient[]) returns void language sql as $$
  insert into patient.patient_word_pair (word, other, patient_id)
  select word, other, id
  from unnest(patients) cross join patient.name_words(name) as words cross join unnest(words) as word cross join unnest(words) as other
  on conflict do nothing
$$;

create function keep_pairs() returns trigger language plpgsql as $$
declare
  words text[];
begin
  if tg_op <> 'INSERT' then
    words := patient.name_words(old.name);
    delete from patient.patient_word_pair where word = any (words) and other = any (words) and patient_id = old.id;
  end if;
  if tg_op <> 'DELETE' then
    perform patient.make_pairs(array[new]);
  end if;
  return null;
end
$$;
create trigger keep_pairs after insert or delete on patient for each row execute function keep_pairs();
create trigger keep_pairs_changed after update on patient for each row
  when (old.name is distinct from new.name) execute function keep_pairs();

-- A thousand at a time, as make_all_findable does it.
create procedure make_all_pairs() language plpgsql as $$
declare
  last uuid := '00000000-0000-0000-0000-000000000000';
  patients patient.patient[];
begin
  loop
    select array_agg(next) into patients
    from (select * from patient.patient where id > last order by id limit 1000 for share) as next;
    exit when patients is null;
    perform patient.make_pairs(patients);
    last := patients[cardinality(patients)].id;
    commit;
  end loop;
end
$$;

-- Words that have nearly half of their trigrams in common with one that nobody has. Not until the extension is there may its
-- threshold be set, which spares a look at each word that has a third of them.
select similarity('', '');
create function alike(typed text, most integer) returns text[] language plpgsql stable parallel safe
set pg_trgm.similarity_threshold = 0.45 as $$
begin
  return array(select word from patient.name_word where word operator(public.%) typed limit most);
end
$$;

grant select, insert, delete on patient_word_pair to patient;
