import { jaroWinkler } from '../match/text.ts';

/** A word that only begins as typed, and one that is merely like it, count less than the word itself. */
const beginning = 0.9;
const likeness = 0.85;
/** How much of the score says whether anything of the name was left out. */
const shareOfWhole = 0.05;

/**
 * How well words that were typed fit the words of somebody's names, 0 to 1, in whatever order. Each word of a name
 * answers one word typed.
 */
export function nameFit(typed: readonly string[], names: readonly string[]): number {
  const placed = new Map<number, number>();
  const taken = new Set<string>();
  const take = (place: number, word: string, fit: number): void => {
    if (placed.has(place) || taken.has(word)) return;
    placed.set(place, fit);
    taken.add(word);
  };
  // Nothing fits better than the word itself, so that only what is left has to be compared.
  for (const [place, term] of typed.entries()) if (names.includes(term)) take(place, term, 1);
  const left = names.filter((word) => !taken.has(word));
  const pairs = typed.flatMap((term, place) =>
    placed.has(place) ? [] : left.map((word) => ({ place, word, fit: wordFit(term, word) })),
  );
  for (const { place, word, fit } of pairs.sort((a, b) => b.fit - a.fit)) take(place, word, fit);
  const sum = [...placed.values()].reduce((total, fit) => total + fit, 0);
  const whole = Math.min(1, typed.length / names.length);
  return (sum / typed.length) * (1 - shareOfWhole) + whole * shareOfWhole;
}

function wordFit(term: string, word: string): number {
  if (word.startsWith(term)) return beginning + ((1 - beginning) / 2) * (term.length / word.length);
  return likeness * jaroWinkler(term, word);
}
