-- What people are found by: words of their names, and keys that two records of one person very likely share. The
-- database derives both from a record itself, so that they are right whoever writes it, an older version included. They
-- are in tables of their own: `patient` is neither rewritten nor locked for longer than it takes to add a trigger and
-- an index of dates. 0004 fills in those who are there already.

-- Trusted extensions: the owner of a database may make them.
create extension if not exists pg_trgm with schema public;
create extension if not exists unaccent with schema public;
create extension if not exists fuzzystrmatch with schema public;

-- The words of a text in lower case and without accents: Zoë O’Neil-Łoś is zoe, oneil, los. Of a word 40 letters count.
create function words(text) returns text[] language sql immutable strict parallel safe
return array_remove(
  regexp_split_to_array(
    regexp_replace(
      lower(public.unaccent('public.unaccent'::regdictionary, translate($1, '''’`', '')) collate pg_catalog.pg_c_utf8),
      '([[:alnum:]]{40})[[:alnum:]]+', '\1', 'g'
    ),
    '[^[:alnum:]]+'
  ),
  ''
);

-- The words of every name a person has or had, each once, as they come: family name before given names, of which five
-- count. Nobody has more than 40, however long the names are. (Loops over expressions, here and below: they cost a
-- tenth of what a query does each time.)
create function name_words(name jsonb) returns text[] language plpgsql immutable strict parallel safe as $$
declare
  found text[] := '{}';
  one jsonb;
  word text;
begin
  for place in 0 .. jsonb_array_length(name) - 1 loop
    one := name -> place;
    foreach word in array patient.words(concat_ws(' ', one ->> 'family', one #>> '{given,0}', one #>> '{given,1}',
      one #>> '{given,2}', one #>> '{given,3}', one #>> '{given,4}'))
    loop
      exit when cardinality(found) = 40;
      if word <> all (found) then found := found || word; end if;
    end loop;
  end loop;
  return found;
end
$$;

-- How a word sounds; what double metaphone has no code for, other scripts above all, stands for itself.
create function sound(word text) returns text language sql immutable strict parallel safe
return case when word ~ '^[a-z]+$' then coalesce(nullif(public.dmetaphone(word), ''), word) else word end;

-- A word with each of its letters left out by turns, and whole: two words within one slip of the pen of each other
-- (a letter wrong, missing, added, or two swapped) have one of these in common.
create function slips(word text) returns text[] language sql immutable strict parallel safe
return array(
  select distinct overlay(word placing '' from place for 1) from generate_series(1, least(length(word), 40)) as place
) || word;

-- Letters and digits alone, in lower case: of a postal code, an identifier.
create function bare(text) returns text language sql immutable strict parallel safe
return lower(regexp_replace($1 collate pg_catalog.pg_c_utf8, '[^[:alnum:]]', '', 'g'));

-- The last seven digits of a number, by which its local spelling finds it too; null of what has none.
create function number_key(text) returns text language sql immutable strict parallel safe
return 'p' || nullif(right(regexp_replace($1, '[^0-9]', '', 'g'), 7), '');

-- Keys that records of one person share when not everything about them is wrong at once. Each is rare: a date with an
-- initial, a year with how one name sounds and another begins, a day of the year with how two names sound, a house
-- with an initial, and numbers, e-mail addresses and identifiers as such. The order of names counts in none. Of
-- someone's many names the first eight words count, so that nobody has more than 300 keys, and most have ten.
create function match_keys(name jsonb, birth_date date, telecom jsonb, address jsonb, identifier jsonb)
returns text[] language plpgsql immutable parallel safe as $$
declare
  words text[] := coalesce((patient.name_words(name))[1:8], '{}');
  initials text[];
  sounds text[];
  date_key text := 'b' || (birth_date - date '2000-01-01');
  year_key text := 'y' || extract(year from birth_date)::integer;
  day_key text := 'd' || to_char(birth_date, 'MMDD');
  house_key text;
  one jsonb;
  keys text[] := '{}';
begin
  for place in 1 .. cardinality(words) loop
    initials[place] := left(words[place], 1);
    sounds[place] := patient.sound(words[place]);
  end loop;
  for a in 1 .. cardinality(words) loop
    keys := keys || (date_key || initials[a]);
    for b in 1 .. cardinality(words) loop
      if a <> b then keys := keys || (year_key || sounds[a] || ' ' || initials[b]); end if;
      if sounds[a] < sounds[b] then keys := keys || (day_key || sounds[a] || ' ' || sounds[b]); end if;
    end loop;
  end loop;
  for place in 0 .. jsonb_array_length(telecom) - 1 loop
    one := telecom -> place;
    keys := keys || case one ->> 'system'
      when 'email' then 'e' || lower(one ->> 'value')
      when 'phone' then patient.number_key(one ->> 'value')
      when 'sms' then patient.number_key(one ->> 'value')
    end;
  end loop;
  for place in 0 .. jsonb_array_length(identifier) - 1 loop
    keys := keys || ('i' || nullif(patient.bare(identifier -> place ->> 'value'), ''));
  end loop;
  for place in 0 .. jsonb_array_length(address) - 1 loop
    one := address -> place;
    house_key := 'a' || nullif(patient.bare(one ->> 'postalCode'), '') || ' ' || substring(one #>> '{line,0}' from '[0-9]+');
    for a in 1 .. cardinality(words) loop
      keys := keys || (house_key || initials[a]);
    end loop;
  end loop;
  return array(select distinct key from unnest(keys) as key where key is not null);
end
$$;

-- Who has a word in a name, with all words of that patient, ` ada lovelace `: who has several is found without a look at
-- the record, and a pattern takes less time than lists to compare.
create table patient_word (
  word text collate "C" not null,
  patient_id uuid not null,
  words text not null,
  primary key (word, patient_id) include (words)
);
create table patient_key (
  key text collate "C" not null,
  patient_id uuid not null,
  primary key (key, patient_id)
);

-- Every word that a name ever had. What is typed is looked up among these few before it is among the many people.
create table name_word (
  word text collate "C" primary key,
  slips text[] not null generated always as (slips(word)) stored
);
-- Without a list of what is pending: every search would have to read it.
create index name_word_by_slip on name_word using gin (slips) with (fastupdate = off);
create index name_word_by_trigram on name_word using gin (word public.gin_trgm_ops) with (fastupdate = off);

-- New words come in one order, so that no two who add some wait for each other crosswise.
create function make_findable(patients patient[]) returns void language plpgsql as $$
begin
  with named as materialized (
    select id, ' ' || array_to_string(words, ' ') || ' ' as words, word
    from unnest(patients) cross join patient.name_words(name) as words cross join unnest(words) as word
  ), known as (
    insert into patient.name_word (word)
    select distinct word from named
    where not exists (select from patient.name_word where name_word.word = named.word)
    order by word
    on conflict do nothing
  )
  insert into patient.patient_word (word, patient_id, words) select word, id, words from named on conflict do nothing;

  insert into patient.patient_key (key, patient_id)
  select key, id from unnest(patients)
  cross join unnest(patient.match_keys(name, birth_date, telecom, address, identifier)) as key
  on conflict do nothing;
end
$$;

create function keep_findable() returns trigger language plpgsql as $$
begin
  if tg_op <> 'INSERT' then
    delete from patient.patient_word where patient_id = old.id and word = any (patient.name_words(old.name));
    delete from patient.patient_key where patient_id = old.id
      and key = any (patient.match_keys(old.name, old.birth_date, old.telecom, old.address, old.identifier));
  end if;
  if tg_op <> 'DELETE' then
    perform patient.make_findable(array[new]);
  end if;
  return null;
end
$$;
create trigger keep_findable after insert or delete on patient for each row execute function keep_findable();
create trigger keep_findable_changed after update on patient for each row
  when ((old.name, old.birth_date, old.telecom, old.address, old.identifier)
    is distinct from (new.name, new.birth_date, new.telecom, new.address, new.identifier))
  execute function keep_findable();

create index patient_by_birth_date on patient (birth_date);

-- Makes those findable who were there before the triggers. A thousand at a time: nobody who changes one of them waits
-- longer than that takes.
create procedure make_all_findable() language plpgsql as $$
declare
  last uuid := '00000000-0000-0000-0000-000000000000';
  patients patient.patient[];
begin
  loop
    select array_agg(next) into patients
    from (select * from patient.patient where id > last order by id limit 1000 for share) as next;
    exit when patients is null;
    perform patient.make_findable(patients);
    last := patients[cardinality(patients)].id;
    commit;
  end loop;
end
$$;

grant select, insert, delete on patient_word, patient_key to patient;
grant select, insert on name_word to patient;
