-- Search by name, as docs/matching.md tells it. Functions with branches: of the one statement that could do all of it PostgreSQL
-- set up a hundred nodes for each search, and ran few. A session that asks for generic plans has each statement here planned once.

-- As before, but by a loop over expressions, which costs a fraction of what a query does each time.
create or replace function slips(word text) returns text[] language plpgsql immutable strict parallel safe as $$
declare
  found text[] := array[word];
  slip text;
begin
  for place in 1 .. least(length(word), 40) loop
    slip := overlay(word placing '' from place for 1);
    if slip <> all (found) then found := found || slip; end if;
  end loop;
  return found;
end
$$;

-- A word of a text that is searched for, and what it stands for among the words that names have.
create type typed_word as (
  word text,
  -- Whether a name ever had the word itself.
  is_known boolean,
  -- The known words that begin so; null where they are more than 300, which are sooner found in their order than one by one.
  beginnings text[],
  -- Known words that it may be a slip of, unless they begin so; none before it is widened.
  likenesses text[],
  -- For LIKE: one of these a person's words must have.
  patterns text[]
);

-- The words of a text, the rarest beginning first: six at most, as whoever types more is not helped by more. Where each is known,
-- each stands for itself, and otherwise for all that begin so. (PostgreSQL doesn't see through an offset, so that it looks for
-- them once.)
create function typed_words(asked text) returns typed_word[] language plpgsql stable as $$
begin
  return array(
    select row (word, is_known, case when cardinality(beginnings) <= 300 then beginnings end, '{}',
      array['% ' || word || case when bool_and(is_known) over () then ' %' else '%' end])::patient.typed_word
    from (
      select one.word, beginnings, coalesce(beginnings[1] = one.word, false) as is_known
      from unnest((patient.words(asked))[1:6]) as one (word)
      cross join lateral (
        select array(
          select name_word.word from patient.name_word
          where name_word.word >= one.word collate "C" and name_word.word < (one.word || chr(1114111)) collate "C"
          order by name_word.word limit 301
        ) offset 0
      ) as known (beginnings)
    ) as typed
    order by cardinality(beginnings), length(word) desc
  );
end
$$;

-- A word that stands for all that begin so, for up to 25 that a slip of the pen makes of it and, if no name ever had it, for up to
-- 25 that have nearly half of its trigrams. Words of less than six letters have too few of them to be told by.
create function widened(typed typed_word) returns typed_word language plpgsql stable as $$
begin
  typed.likenesses := array(
    select other
    from unnest(
      (array(
        select word from patient.name_word
        where slips && coalesce((select slips from patient.name_word where word = typed.word), patient.slips(typed.word))
      ))[1:25]
      || case when not typed.is_known and length(typed.word) >= 6 then patient.alike(typed.word, 25) end
    ) as other
    where not starts_with(other, typed.word)
  );
  typed.patterns := array['% ' || typed.word || '%']
    || array(select '% ' || other || ' %' from unnest(typed.likenesses) as other);
  return typed;
end
$$;

create function widened_words(asked text) returns typed_word[] language plpgsql stable as $$
begin
  return array(select patient.widened(typed) from unnest(patient.typed_words(asked)) as typed);
end
$$;

-- Those who answer all words of a text are looked up by two of them at once. A single one is paired with itself, and so may be one
-- that was typed twice. What the others ask for stands in each statement: a function of its own would cost more than the search.

-- The first word of somebody's names that begins as typed.
create function first_beginning(words text, typed text) returns text language sql immutable strict parallel safe
return typed || split_part(split_part(words, ' ' || typed, 2), ' ', 1);

-- Who has a word that begins as `one`, and one that begins as `two`, which may be the same: each once, by the first of such words;
-- at most `most`.
create function named_beginning(one typed_word, two typed_word, others typed_word[], most integer)
returns table (patient_id uuid, words text) language plpgsql stable as $$
begin
  if one.beginnings is not null then
    return query
      select pair.patient_id, pair.words from patient.patient_name_pair as pair
      where word = any (one.beginnings) and word = patient.first_beginning(pair.words, one.word)
        and other >= two.word collate "C" and other < (two.word || chr(1114111)) collate "C"
        and other = patient.first_beginning(pair.words, two.word)
        and not exists (select from unnest(others) as rest where not (pair.words like any (rest.patterns)))
      limit most;
  else
    return query
      select pair.patient_id, pair.words from patient.patient_name_pair as pair
      where word >= one.word collate "C" and word < (one.word || chr(1114111)) collate "C"
        and word = patient.first_beginning(pair.words, one.word)
        and other >= two.word collate "C" and other < (two.word || chr(1114111)) collate "C"
        and other = patient.first_beginning(pair.words, two.word)
        and not exists (select from unnest(others) as rest where not (pair.words like any (rest.patterns)))
      limit most;
  end if;
end
$$;

-- Who has a word that is like `one` or `two`, with one that begins as, or is like, the other of them.
create function named_alike(one typed_word, two typed_word, others typed_word[], most integer)
returns table (patient_id uuid, words text) language plpgsql stable as $$
begin
  return query
    select pair.patient_id, pair.words
    from (
      select pair.patient_id, pair.words from patient.patient_name_pair as pair
      where word = any (one.likenesses) and other >= two.word collate "C" and other < (two.word || chr(1114111)) collate "C"
        and one.word <> two.word
      union all
      select pair.patient_id, pair.words from patient.patient_name_pair as pair
      where word = any (two.likenesses) and other >= one.word collate "C" and other < (one.word || chr(1114111)) collate "C"
        and one.word <> two.word
      union all
      select pair.patient_id, pair.words from patient.patient_name_pair as pair
      where word = any (one.likenesses) and other = any (two.likenesses) and (one.word <> two.word or other = word)
    ) as pair
    where not exists (select from unnest(others) as rest where not (pair.words like any (rest.patterns)))
    limit most;
end
$$;

-- Those who answer every word of a text, with all words of their names and those that were typed: by the words themselves or, where
-- one of them is not known, by what begins so; where these are fewer than `enough`, then whose names begin as typed, and then whose
-- are merely like it. At most `most` the first time, and then; who is merely like it may have several rows.
create function search_named(asked text, enough integer, most integer)
returns table (id uuid, words text, typed text) language plpgsql stable as $$
declare
  terms patient.typed_word[] := patient.typed_words(asked);
  one patient.typed_word := terms[1];
  two patient.typed_word := terms[least(2, cardinality(terms))];
  others patient.typed_word[] := terms[3:];
  is_meant boolean := (select bool_and(term.is_known) from unnest(terms) as term);
  number integer;
begin
  if terms = '{}' then return; end if;
  typed := (select string_agg(term.word, ' ') from unnest(terms) as term);
  if is_meant then
    return query
      select pair.patient_id, pair.words, typed from patient.patient_name_pair as pair
      where word = one.word and other = two.word
        and not exists (select from unnest(others) as rest where not (pair.words like any (rest.patterns)))
      limit most;
  else
    return query select person.*, typed from patient.named_beginning(one, two, others, most) as person;
  end if;
  get diagnostics number = row_count;
  if number >= enough then return; end if;
  one := patient.widened(one);
  two := case when cardinality(terms) < 2 then one else patient.widened(two) end;
  others := array(select patient.widened(rest) from unnest(others) as rest);
  if is_meant or others <> '{}' then
    return query select person.*, typed from patient.named_beginning(one, two, others, most) as person;
    get diagnostics number = row_count;
  end if;
  return query select person.*, typed from patient.named_alike(one, two, others, most - number) as person;
end
$$;
