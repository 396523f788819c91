import { jaroWinkler } from '../match/text.ts';

/** A word that only begins as typed, and one that is merely like it, count less than the word itself. */
const beginning = 0.9;
const likeness = 0.85;
/** How much of the score says whether anything of the name was left out. */
const shareOfWhole = 0.05;

/** How a word may answer one that was typed, 0 if it doesn't so: none of a kind fits better than any of the kind before. */
const kinds: readonly ((term: string, word: string) => number)[] = [
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

/** The best fit first. What a kind has answered isn't compared by the next, which costs more. */
function sumOfFits(typed: readonly string[], names: readonly string[]): number {
  const answered = new Set<number>();
  const taken = new Set<string>();
  let sum = 0;
  for (const fitOf of kinds) {
    const pairs: { place: number; word: string; fit: number }[] = [];
    for (const [place, term] of typed.entries())
      if (!answered.has(place))
        for (const word of names) {
          const fit = taken.has(word) ? 0 : fitOf(term, word);
          if (fit > 0) pairs.push({ place, word, fit });
        }
    for (const { place, word, fit } of pairs.sort((a, b) => b.fit - a.fit))
      if (!answered.has(place) && !taken.has(word)) {
        answered.add(place);
        taken.add(word);
        sum += fit;
      }
    if (answered.size === typed.length) break;
  }
  return sum;
}
