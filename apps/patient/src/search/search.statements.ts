import { Statement } from '#platform';

/** A word as it was typed, in the form that names are kept in. */
export interface Typed {
  word: string;
  /** Whether anybody has it. */
  isKnown: boolean;
  /** Itself, words that a slip of the pen makes of it, or that have most of their trigrams in common with it. */
  likenesses: string[];
}

/** What words of names a typed word may stand for. */
export interface Reading {
  /** Any that begin so. */
  beginning?: string;
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

/** Whoever types more than these is not helped by more. */
const mostWords = 6;

/** PostgreSQL's measure of common trigrams, above which longer words are taken for each other. */
const leastSimilarity = 0.45;
const leastLength = 6;

/** How many people answer a reading is counted this far. Two that more answer have so many in common that they are soon found. */
const mostCounted = 5_000;

/** The words of a text. */
export const typedWords = new Statement<Typed>(
  'search_typed_words',
  `select typed as word, is_known as "isKnown",
     array(
       (select word from patient.name_word where slips && patient.slips(typed) limit ${mostLikenesses})
       union
       (select word from patient.name_word
        where not is_known and length(typed) >= ${leastLength} and word operator(public.%) typed
          and public.similarity(word, typed) >= ${leastSimilarity}
        limit ${mostLikenesses})
     ) as likenesses
   from unnest((patient.words($1))[1:${mostWords}]) with ordinality as term (typed, place)
   cross join lateral (select exists (select from patient.name_word where word = typed)) as known (is_known)
   order by place`,
);

/** Of which the words of somebody's names are like one (SQL), who answers a reading. Words are letters and digits alone. */
export function patternsOf({ beginning, words }: Reading): string[] {
  return [...(beginning === undefined ? [] : [`% ${beginning}%`]), ...words.map((word) => `% ${word} %`)];
}

const answering = (reading: string) => `
  select patient_id, words from patient.patient_word where word = any (${reading}.list)
  union all
  select patient_id, words from patient.patient_word
  where word >= ${reading}.beginning and word < (${reading}.beginning || chr(1114111)) collate "C"`;

/**
 * Those who answer every reading. It begins with the reading that the fewest people answer, and looks no further: each row
 * of a word has the others of its patient.
 */
export const namedPeople = new Statement<Named>(
  'search_named_people',
  `with reading as materialized (
     select beginning collate "C" as beginning, words as list, patterns
     from jsonb_to_recordset($1::jsonb) as reading (beginning text, words text[], patterns text[])
   ), rarest as (
     select * from reading order by (
       select count(*) from (select from (${answering('reading')}) as those limit ${mostCounted}) as counted
     ) limit 1
   )
   select patient_id as id, those.words from rarest cross join lateral (${answering('rarest')}) as those
   where not exists (select from reading where not (those.words like any (patterns)))
   limit $2`,
);
