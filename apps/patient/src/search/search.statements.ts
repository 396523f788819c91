import { Statement } from '#platform';

/** A word as it was typed, in the form that names are kept in. */
export interface Typed {
  word: string;
  /** Whether anybody has it. */
  isKnown: boolean;
  /** Words that begin with it, the shortest first, itself included. */
  beginnings: string[];
  /** Words that a slip of the pen makes of it, or that have most of their trigrams in common with it. */
  likenesses: string[];
}

/** Somebody's id, and the words of all names with a space between. */
export interface Named {
  id: string;
  words: string;
}

/** Of what one typed word may stand for, no more is looked at. */
const mostReadings = 100;

/** Whoever types more than these is not helped by more. */
const mostWords = 6;

/** PostgreSQL's measure of common trigrams, above which longer words are taken for each other. */
const leastSimilarity = 0.45;
const leastLength = 6;

/** How many people answer a reading is counted this far: more is many. */
const mostCounted = 1_000;

/** The words of a text. */
export const typedWords = new Statement<Typed>(
  'search_typed_words',
  `select typed as word, is_known as "isKnown",
     array(
       select word from patient.name_word
       where word >= typed collate "C" and word < (typed || chr(1114111)) collate "C"
       order by length(word) limit ${mostReadings}
     ) as beginnings,
     array(
       (select word from patient.name_word where slips && patient.slips(typed) limit ${mostReadings})
       union
       (select word from patient.name_word
        where not is_known and length(typed) >= ${leastLength} and word operator(public.%) typed
          and public.similarity(word, typed) >= ${leastSimilarity}
        limit ${mostReadings})
     ) as likenesses
   from unnest((patient.words($1))[1:${mostWords}]) with ordinality as term (typed, place)
   cross join lateral (select exists (select from patient.name_word where word = typed)) as known (is_known)
   order by place`,
);

/**
 * Those who have a word of every reading in a list of lists. It begins with the reading that the fewest people answer, and
 * looks no further: each row of a word has the others of its patient.
 */
export const namedPeople = new Statement<Named>(
  'search_named_people',
  `with reading as materialized (
     select array(select jsonb_array_elements_text(list)) as words from jsonb_array_elements($1::jsonb) as list
   ), rarest as (
     select words from reading order by (
       select count(*) from (
         select from patient.patient_word where word = any (reading.words) limit ${mostCounted}
       ) as those
     ) limit 1
   )
   select patient_id as id, array_to_string(patient_word.words, ' ') as words
   from rarest join patient.patient_word on word = any (rarest.words)
   where not exists (select from reading where not reading.words && patient_word.words)
   limit $2`,
);
