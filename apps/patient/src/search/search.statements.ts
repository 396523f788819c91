import { Statement } from '#platform';

/** Somebody who was found by name, and what they were found by. */
export interface NamedRow {
  id: string;
  /** The words of all their names, each with a space before and after. */
  words: string;
  /** The words that were asked for, in the form that names are kept in, with spaces between: the same in all rows. */
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

/** Whether a column begins with a text, as a range of the order of C. */
const startsWith = (column: string, text: string) =>
  `${column} >= ${text} collate "C" and ${column} < (${text} || chr(1114111)) collate "C"`;

/**
 * The words of the text that is `asked` for, the rarest beginning first. `beginnings` are the known words that begin so, unless
 * they are many. (PostgreSQL doesn't see through an offset, so that it looks for them once.)
 */
const typedWords = `
  typed as materialized (
    select one.word, is_known, case when cardinality(found) <= ${mostBeginnings} then found end as beginnings,
      row_number() over (order by cardinality(found), length(one.word) desc) as place
    from asked
    cross join unnest((patient.words(text))[1:${mostWords}]) as one (word)
    cross join lateral (
      select exists (select from patient.name_word where name_word.word = one.word),
        array(select name_word.word from patient.name_word
          where ${startsWith('name_word.word', 'one.word')} limit ${mostBeginnings + 1})
      offset 0
    ) as known (is_known, found)
  )`;

// A reading has a row for each typed word, by its place: it stands for one of `words`, or for whatever has the `beginning`, of
// which `beginnings` is the list unless they are many; and by `patterns` for LIKE a person's words are told to have it.

/** The words themselves or, unless somebody has each of them, all that begin so. */
const narrowReading = `
  select place, word,
    case when is_meant then array[word] else '{}' end as words,
    case when not is_meant then word end as beginning,
    case when not is_meant then beginnings end as beginnings,
    array['% ' || word || case when is_meant then ' %' else '%' end] as patterns
  from (select *, bool_and(is_known) over () as is_meant from typed) as typed`;

/**
 * All that begin so, what a slip of the pen makes of the words, and of a word that nobody has, also what has nearly half of its
 * trigrams.
 */
const wideReadingOfTyped = `
  select place, word, others as words, word as beginning, beginnings,
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

/** The wide reading of the text that is `asked` for. */
export const wideReading = `${typedWords} ${wideReadingOfTyped}`;

/** What was typed, from the rows of a reading or of `typed`. */
export function typedText(rows: string): string {
  return `(select string_agg(word, ' ' order by place) from ${rows})`;
}

const pairs = (word: string, other: string) =>
  `select patient_id, words from patient.patient_name_pair where ${word} and ${other}`;

const isOneOf = (column: string, texts: string) => `${column} = any ((select ${texts})::text[])`;

const beginsAs = (column: string, text: string) => startsWith(column, `(select ${text})`);

/**
 * Those who have the first two words of a reading (a single one is paired with itself) and match all others; at most `$3`. Whose
 * names begin as typed come before those whose are merely like it.
 */
const answering = (reading: string) => `
  with first as materialized (
    select words, beginning, beginnings, case when beginnings is null then beginning end as unlisted
    from ${reading} where place = 1
  ), second as materialized (
    select words, beginning from ${reading} where place <= 2 order by place desc limit 1
  ), others as materialized (
    select patterns from ${reading} where place > 2
  )
  select patient_id as id, words
  from (
    ${pairs(isOneOf('word', 'beginnings from first'), beginsAs('other', 'beginning from second'))}
    union all
    ${pairs(beginsAs('word', 'unlisted from first'), beginsAs('other', 'beginning from second'))}
    union all
    ${pairs(isOneOf('word', 'words from first'), beginsAs('other', 'beginning from second'))}
    union all
    ${pairs(isOneOf('word', 'words from second'), beginsAs('other', 'beginning from first'))}
    union all
    ${pairs(isOneOf('word', 'words from first'), isOneOf('other', 'words from second'))}
  ) as pair
  where not exists (select from others where not (words like any (patterns)))
  limit $3`;

/**
 * Those who answer every word of the text `$1` by the narrow reading and, where these are fewer than `$2`, by the wide one; at
 * most `$3` by either. Who answers in two ways comes twice.
 */
export const namedPeople = new Statement<NamedRow>(
  'search_named',
  `with asked as (select $1::text as text),
   ${typedWords},
   narrow as materialized (${narrowReading}),
   wide as materialized (${wideReadingOfTyped}),
   found as materialized (${answering('narrow')})
   select id, words, ${typedText('typed')} as typed
   from (
     table found
     union all
     select * from (${answering('wide')}) as alike where (select count(distinct id) from found) < $2
   ) as person`,
);
