-- What people are found by: words of their names, and keys that two records of one person very likely share. The
-- database derives both from a record itself, so that they are right whoever writes it, an older version included.

-- Trusted extensions: the owner of a database may make them.
create extension if not exists pg_trgm with schema public;
create extension if not exists unaccent with schema public;
create extension if not exists fuzzystrmatch with schema public;

-- The words of a text in lower case and without accents: Zoë O’Neil-Łoś is zoe, oneil, los.
create function words(text) returns text[] language sql immutable strict parallel safe
return array_remove(
  regexp_split_to_array(
    lower(public.unaccent('public.unaccent'::regdictionary, translate($1, '''’`', '')) collate pg_catalog.pg_c_utf8),
    '[^[:alnum:]]+'
  ),
  ''
);

-- Every word of every name a person has or had, each once.
create function name_words(name jsonb) returns text[] language sql immutable parallel safe
return (
  select coalesce(array_agg(distinct word order by word), '{}')
  from jsonb_array_elements(name) as one
  cross join lateral unnest(words(
    concat_ws(' ', one ->> 'family', (select string_agg(given, ' ') from jsonb_array_elements_text(one -> 'given') as given))
  )) as word
);

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

-- The last seven digits of a number, by which its local spelling finds it too.
create function number_key(text) returns text language sql immutable strict parallel safe
return 'p' || right(regexp_replace($1, '[^0-9]', '', 'g'), 7);

-- Keys that records of one person share when not everything about them is wrong at once. Each is rare: a date with an
-- initial, a year with how one name sounds and another begins, a day of the year with how two names sound, an
-- address with an initial, and numbers, e-mail addresses and identifiers as such. The order of names counts in none.
-- Of someone's many names eight words count, so that nobody has more than some hundred keys.
create function match_keys(name jsonb, birth_date date, telecom jsonb, address jsonb, identifier jsonb)
returns text[] language sql immutable parallel safe
begin atomic
  with word as (
    select word, "left"(word, 1) as initial, sound(word) as sound
    from unnest((name_words(name))[1:8]) as word
  )
  select coalesce(array_agg(distinct key), '{}') from (
    select 'b' || (birth_date - date '2000-01-01') || initial as key from word
    union all
    select 'y' || extract(year from birth_date)::integer || a.sound || ' ' || b.initial
    from word as a join word as b on a.word <> b.word
    union all
    select 'd' || (extract(month from birth_date) * 100 + extract(day from birth_date))::integer || a.sound || ' ' || b.sound
    from word as a join word as b on a.sound < b.sound
    union all
    select case when one ->> 'system' = 'email' then 'e' || lower(one ->> 'value') else number_key(one ->> 'value') end
    from jsonb_array_elements(telecom) as one where one ->> 'system' in ('phone', 'sms', 'email')
    union all
    select 'i' || bare(one ->> 'value') from jsonb_array_elements(identifier) as one
    union all
    select 'a' || bare(one ->> 'postalCode') || ' ' || coalesce(substring(one -> 'line' ->> 0 from '[0-9]+'), '') || initial
    from jsonb_array_elements(address) as one cross join word
  ) as keys
  where key is not null;
end;

alter table patient
  add column name_words text[] not null generated always as (name_words(name)) stored,
  add column match_keys text[] not null
    generated always as (match_keys(name, birth_date, telecom, address, identifier)) stored;

-- Without a list of what is pending: every search would have to read it.
create index patient_by_word on patient using gin (name_words) with (fastupdate = off);
create index patient_by_key on patient using gin (match_keys) with (fastupdate = off);
create index patient_by_birth_date on patient (birth_date);

-- Who has any of some keys, and who has all of them. The planner takes every key for one of 200 people's, as none is
-- frequent enough to be counted, and would rather read the whole table for a dozen of them.
create function with_any_key(keys text[]) returns setof uuid language sql stable strict rows 20 parallel safe
set enable_seqscan = off
as $$ select id from patient.patient where match_keys && keys limit 500 $$;
create function with_all_keys(keys text[]) returns setof uuid language sql stable strict rows 20 parallel safe
set enable_seqscan = off
as $$ select id from patient.patient where match_keys @> keys limit 500 $$;

-- Every word that a name ever had. What is typed is looked up among these few before it is among the many people.
create table name_word (
  word text collate "C" primary key,
  slips text[] not null generated always as (slips(word)) stored
);
create index name_word_by_slip on name_word using gin (slips) with (fastupdate = off);
create index name_word_by_trigram on name_word using gin (word public.gin_trgm_ops) with (fastupdate = off);

-- Words come in one order, so that no two who add some wait for each other.
create function keep_words() returns trigger language plpgsql as $$
begin
  insert into patient.name_word (word) select unnest(new.name_words) on conflict do nothing;
  return null;
end
$$;
create trigger keep_words after insert or update of name on patient for each row execute function keep_words();

insert into name_word (word) select distinct unnest(name_words) from patient order by 1;

grant select, insert on name_word to patient;
