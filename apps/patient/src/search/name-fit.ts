import { jaroWinkler } from '../match/text.ts';

/** A word that only begins as typed, and one that is merely like it, count less than the word itself. */
const beginning = 0.9;
const likeness = 0.85;
/** How much of the score says whether anything of the name was left out. */
const shareOfWhole = 0.05;

/** How well a word answers one that was typed, in each way it may, 0 if not in this way. No way fits better than one before it. */
const ways: readonly ((term: string, word: string) => number)[] = [
  (term, word) => (word === term ? 1 : 0),
  (term, word) =>
    word.startsWith(term) ? beginning + ((1 - beginning) / 2) * (term.length / word.length) : 0,
  (term, word) => likeness * jaroWinkler(term, word),
];

/**
 * How well words that were typed fit the words of somebody's names, 0 to 1, in whatever order. Each word of a name
 * answers one word typed.
 */
export function nameFit(typed: readonly string[], names: readonly string[]): number {
  const whole = Math.min(1, typed.length / names.length);
  return (sumOfFits(typed, names) / typed.length) * (1 - shareOfWhole) + whole * shareOfWhole;
}

interface Pair {
  term: string;
  word: string;
  fit: number;
}

/** The best fit first. What is answered in one way isn't compared in the next, which costs more. */
function sumOfFits(typed: readonly string[], names: readonly string[]): number {
  const [terms, words] = [[...typed], [...names]];
  let sum = 0;
  for (const fitOf of ways)
    for (const { term, word, fit } of pairsOf(terms, words, fitOf)) {
      if (!terms.includes(term) || !words.includes(word)) continue;
      terms.splice(terms.indexOf(term), 1);
      words.splice(words.indexOf(word), 1);
      sum += fit;
    }
  return sum;
}

function pairsOf(
  terms: readonly string[],
  words: readonly string[],
  fitOf: (term: string, word: string) => number,
): Pair[] {
  const pairs: Pair[] = [];
  for (const term of terms)
    for (const word of words) {
      const fit = fitOf(term, word);
      if (fit > 0) pairs.push({ term, word, fit });
    }
  return pairs.sort((a, b) => b.fit - a.fit);
}
