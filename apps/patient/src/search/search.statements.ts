import { Statement } from '#platform';

/** Who was found by name. */
export interface Named {
  id: string;
  /** Of all names, with spaces around. */
  words: string;
  /** The words that were asked for, in the form that names are kept in, with spaces between. */
  typed: string;
}

/** Of what one typed word may be a slip of, no more is looked at. */
const mostLikenesses = 25;

/** Words that begin alike are looked up each by itself up to so many. Of more, some are soon found in their order. */
const mostBeginnings = 300;

/** Whoever types more than these is not helped by more. */
const mostWords = 6;

/** Shorter words have too few trigrams to be told by them. */
const leastLength = 6;

const begins = (column: string, text: string) =>
  `${column} >= ${text} collate "C" and ${column} < (${text} || chr(1114111)) collate "C"`;

/**
 * The words of the text that is `asked` for; in front those that the fewest words begin with. Those are `begun`, unless they
 * are many. (PostgreSQL doesn't see through an offset, so that it looks for them once.)
 */
const typed = `
  typed as materialized (
    select one.word, is_known, case when cardinality(begun) <= ${mostBeginnings} then begun end as begun,
      row_number() over (order by cardinality(begun), length(one.word) desc) as place
    from asked
    cross join unnest((patient.words(text))[1:${mostWords}]) as one (word)
    cross join lateral (
      select exists (select from patient.name_word where name_word.word = one.word),
        array(select name_word.word from patient.name_word
          where ${begins('name_word.word', 'one.word')} limit ${mostBeginnings + 1})
      offset 0
    ) as known (is_known, begun)
  )`;

// What each typed word is taken for: one of `words`, or whatever has this `beginning`; and the patterns of which a person's
// words are like one then. Words are letters and digits alone.

/** Taken narrowly they are the words themselves or, unless somebody has each of them, all that begin so. */
const narrow = `
  select place, word,
    case when is_meant then array[word] else begun end as words,
    case when not is_meant and begun is null then word end as beginning,
    array['% ' || word || case when is_meant then ' %' else '%' end] as patterns
  from (select *, bool_and(is_known) over () as is_meant from typed) as typed`;

/**
 * Taken widely they are all that begin so, what a slip of the pen makes of them, and of a word that nobody has, also what has
 * most of its trigrams.
 */
const wide = `
  select place, word,
    coalesce(begun, '{}') || others as words,
    case when begun is null then word end as beginning,
    array['% ' || word || '%'] || array(select '% ' || other || ' %' from unnest(others) as other) as patterns
  from typed
  cross join lateral (
    select array(
      select other from unnest(
        (array(select name_word.word from patient.name_word where slips && patient.slips(typed.word)))[1:${mostLikenesses}]
        || case when not is_known and length(typed.word) >= ${leastLength}
          then patient.alike(typed.word, ${mostLikenesses}) end
      ) as other
      where not starts_with(other, typed.word)
    )
    offset 0
  ) as alike (others)`;

/** What each word of the text that is `asked` for is taken for widely. */
export const wideReading = `${typed} ${wide}`;

/** What was typed, by its words. */
export function typedText(reading: string): string {
  return `(select string_agg(word, ' ' order by place) from ${reading})`;
}

const pairs = (word: string, other: string) =>
  `select patient_id, words from patient.patient_pair where ${word} and ${other}`;

const among = (column: string, reading: string) => `${column} = any ((select words from ${reading})::text[])`;

const begun = (column: string, reading: string) => begins(column, `(select beginning from ${reading})`);

/**
 * Those who answer the first two words of a reading, of a single one it twice, and all others: `$2` of them. Whose names begin
 * as typed come before those whose are merely like it.
 */
const answering = (reading: string) => `
  with first as materialized (
    select words, beginning from ${reading} where place = 1
  ), second as materialized (
    select words, beginning from ${reading} where place <= 2 order by place desc limit 1
  ), others as materialized (
    select patterns from ${reading} where place > 2
  )
  select patient_id as id, words
  from (
    ${pairs(among('word', 'first'), begun('other', 'second'))}
    union all
    ${pairs(begun('word', 'first'), begun('other', 'second'))}
    union all
    ${pairs(among('word', 'second'), begun('other', 'first'))}
    union all
    ${pairs(among('word', 'first'), among('other', 'second'))}
  ) as pair
  where not exists (select from others where not (words like any (patterns)))
  limit $2`;

/**
 * Those who answer every word of the text `$1`, taken narrowly and, where these are fewer than `$3`, widely; no more than `$2`
 * of either. Who answers in two ways comes twice.
 */
export const namedPeople = new Statement<Named>(
  'search_named',
  `with asked as (select $1::text as text),
   ${typed},
   narrow as materialized (${narrow}),
   wide as materialized (${wide}),
   found as materialized (${answering('narrow')})
   select id, words, ${typedText('typed')} as typed
   from (
     table found
     union all
     select * from (${answering('wide')}) as alike where (select count(distinct id) from found) < $3
   ) as person`,
);
