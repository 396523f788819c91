-- Who has two words in a name, in either order, with all words of that patient, ` ada lovelace `, so that whoever is found can
-- be scored from this index alone. A word makes a pair with itself too, so that one word may answer two that were typed. 0008
-- fills in those who are there already; meanwhile nobody reads this. The tables it takes the place of, patient_word and
-- patient_word_pair, are kept up for the version before, which reads them, until a later migration drops them.
create table patient_name_pair (
  word text collate "C" not null,
  other text collate "C" not null,
  patient_id uuid not null,
  words text not null,
  primary key (word, other, patient_id) include (words)
);

-- Waits for whoever is registering just now, as making a trigger would: they make pairs by the function as it was.
lock table patient in share row exclusive mode;

-- As before, but for as many words only as fit into an index with two of them: a page of it holds no more than 2,704 bytes.
create or replace function name_words(name jsonb) returns text[] language plpgsql immutable strict parallel safe as $$
declare
  found text[] := '{}';
  bytes integer := 0;
  one jsonb;
  word text;
begin
  for place in 0 .. jsonb_array_length(name) - 1 loop
    one := name -> place;
    foreach word in array patient.words(concat_ws(' ', one ->> 'family', one #>> '{given,0}', one #>> '{given,1}',
      one #>> '{given,2}', one #>> '{given,3}', one #>> '{given,4}'))
    loop
      if word <> all (found) then
        bytes := bytes + octet_length(word) + 1;
        if cardinality(found) = 40 or bytes > 2000 then return found; end if;
        found := found || word;
      end if;
    end loop;
  end loop;
  return found;
end
$$;

create or replace function make_pairs(patients patient[]) returns void language sql as $$
  with pair as materialized (
    select word, other, id, ' ' || array_to_string(words, ' ') || ' ' as words
    from unnest(patients) cross join patient.name_words(name) as words cross join unnest(words) as word cross join unnest(words) as other
  ), before as (
    insert into patient.patient_word_pair (word, other, patient_id) select word, other, id from pair on conflict do nothing
  )
  insert into patient.patient_name_pair (word, other, patient_id, words)
  select word, other, id, words from pair on conflict do nothing
$$;

create or replace function keep_pairs() returns trigger language plpgsql as $$
declare
  had text[];
begin
  if tg_op <> 'INSERT' then
    had := patient.name_words(old.name);
    delete from patient.patient_word_pair where word = any (had) and other = any (had) and patient_id = old.id;
    delete from patient.patient_name_pair where word = any (had) and other = any (had) and patient_id = old.id;
  end if;
  if tg_op <> 'DELETE' then
    perform patient.make_pairs(array[new]);
  end if;
  return null;
end
$$;

grant select, insert, delete on patient_name_pair to patient;
