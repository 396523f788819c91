import { Statement } from '#platform';

/** A word as it was typed, in the form that names are kept in. */
export interface Typed {
  word: string;
  /** Whether anybody has it. */
  isKnown: boolean;
  /** All words that begin so, unless they are many. */
  beginnings: string[] | null;
}

/** What words of names a typed word may stand for. */
export interface Reading {
  /** Any that begin so. */
  beginning?: string;
  /** All of those, unless they are many. */
  beginnings?: readonly string[] | null;
  /** And these. */
  words: readonly string[];
}

/** Somebody's id, and the words of all names with spaces around. */
export interface Named {
  id: string;
  words: string;
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
  `${column} >= ${text} and ${column} < (${text} || chr(1114111)) collate "C"`;

/**
 * The words of a text; those in front that the fewest words begin with. (PostgreSQL doesn't see through an offset,
 * so that it looks for the words once.)
 */
export const typedWords = new Statement<Typed>(
  'search_typed_words',
  `select typed as word, is_known as "isKnown",
     case when cardinality(begun) <= ${mostBeginnings} then begun end as beginnings
   from unnest((patient.words($1))[1:${mostWords}]) as typed
   cross join lateral (
     select exists (select from patient.name_word where word = typed),
       array(select word from patient.name_word where ${begins('word', 'typed')} limit ${mostBeginnings + 1})
     offset 0
   ) as known (is_known, begun)
   order by cardinality(begun), length(typed) desc`,
);

/**
 * Of typed words, of which it is told whether anybody has them, in their order: itself, and words that a slip of the pen makes
 * of it; of one that nobody has, also words that have most of their trigrams in common with it.
 */
export const likeWords = new Statement<{ words: string[] }>(
  'search_like_words',
  `select (array(select word from patient.name_word where slips && patient.slips(typed)))[1:${mostLikenesses}]
     || case when not is_known and length(typed) >= ${leastLength} then patient.alike(typed, ${mostLikenesses}) end as words
   from unnest($1::text[], $2::boolean[]) with ordinality as each (typed, is_known, place) order by place`,
);

/** Of which the words of somebody's names are like one (SQL), who answers a reading. Words are letters and digits alone. */
export function patternsOf({ beginning, words }: Reading): string[] {
  return [...(beginning === undefined ? [] : [`% ${beginning}%`]), ...words.map((word) => `% ${word} %`)];
}

const pairs = (word: string, other: string) =>
  `select word, patient_id from patient.patient_word_pair where ${word} and ${other}`;

/**
 * Those who answer two readings, and all others: `$1`, or who begin with `$2`; `$3`, or who begin with `$4`. Whose names
 * begin as typed come before those whose are merely like it.
 */
export const namedPeople = new Statement<Named>(
  'search_named_people',
  `with reading as materialized (
     select patterns from jsonb_to_recordset($5::jsonb) as reading (patterns text[])
   )
   select patient_id as id, words
   from (
     ${pairs('word = any ($1::text[])', begins('other', '$4'))}
     union all
     ${pairs(begins('word', '$2'), begins('other', '$4'))}
     union all
     ${pairs('word = any ($3::text[])', begins('other', '$2'))}
     union all
     ${pairs('word = any ($1::text[])', 'other = any ($3::text[])')}
   ) as pair
   cross join lateral (
     select words from patient.patient_word
     where patient_word.word = pair.word and patient_word.patient_id = pair.patient_id limit 1
   ) as had
   where not exists (select from reading where not (words like any (patterns)))
   limit $6`,
);
