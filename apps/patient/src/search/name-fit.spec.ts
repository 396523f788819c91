import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { nameFit } from './name-fit.ts';

const word = fc.stringMatching(/^[a-e]{1,6}$/);
const names = fc.uniqueArray(word, { minLength: 1, maxLength: 6 });
const typed = fc.array(word, { minLength: 1, maxLength: 6 });

it('is 1 for the very words, in whatever order, and less for all others', () => {
  fc.assert(
    fc.property(typed, names, (terms, words) => {
      const fit = nameFit(terms, words);
      expect(fit).toBeGreaterThanOrEqual(0);
      expect(nameFit(words.toReversed(), words)).toBeCloseTo(1, 10);
      if (terms.toSorted().join() !== words.toSorted().join()) expect(fit).toBeLessThan(1);
    }),
  );
});

it('does not go by the order of the names', () => {
  fc.assert(
    fc.property(word, names, (term, words) => {
      expect(nameFit([term], words.toReversed())).toBeCloseTo(nameFit([term], words), 10);
    }),
  );
});

it.each([
  ['the word itself before what begins so', ['ann'], ['ann'], ['anna']],
  ['what has less behind the beginning', ['ann'], ['anna'], ['annabella']],
  ['what begins so before what is like it', ['schmid'], ['schmidtke'], ['schmit']],
  ['what is more like it', ['schmitd'], ['schmidt'], ['schneider']],
  ['a name of which nothing was left out', ['ann', 'lee'], ['lee', 'ann'], ['ann', 'lee', 'may']],
  ['two words answered by two', ['ann', 'anna'], ['ann', 'anna'], ['ann', 'bea']],
  ['each word answered once', ['ann', 'ann'], ['ann', 'annie'], ['ann', 'bea']],
])('prefers %s', (_, terms, better, worse) => {
  expect(nameFit(terms, better)).toBeGreaterThan(nameFit(terms, worse));
});
