// How texts are made alike and compared. Names are compared as `folded` leaves them.

/** Letters that Unicode doesn't take apart into a letter of a to z and a mark. */
const plain: Readonly<Record<string, string>> = {
  ß: 'ss',
  ł: 'l',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  æ: 'ae',
  œ: 'oe',
  ı: 'i',
};

/** Lower case, without accents and punctuation, words apart by one space. */
export function folded(text: string): string {
  const lower = text.normalize('NFKD').toLowerCase();
  // Most names need no more.
  if (/^[a-z]+$/.test(lower)) return lower;
  return lower
    .replace(/\p{M}|['’`]/gu, '')
    .replace(/[ßłøđðþæœı]/g, (letter) => plain[letter] ?? letter)
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** Letters and digits alone, in lower case: of an identifier, a postal code. */
export function bare(text: string): string {
  return folded(text).replaceAll(' ', '');
}

/** Winkler's usual scale of the bonus for a common beginning, and how long a beginning counts. */
const prefixScale = 0.1;
const longestPrefix = 4;

/**
 * How alike two texts are, 0 to 1: Jaro's measure with Winkler's bonus for a common beginning.
 * W. E. Winkler, "String Comparator Metrics and Enhanced Decision Rules in the Fellegi-Sunter Model", 1990.
 */
export function jaroWinkler(a: string, b: string): number {
  if (a === b) return 1;
  const jaro = jaroOf(a, b);
  let prefix = 0;
  while (prefix < longestPrefix && prefix < a.length && a[prefix] === b[prefix]) prefix += 1;
  return jaro + prefix * prefixScale * (1 - jaro);
}

function jaroOf(a: string, b: string): number {
  const reach = Math.max(0, Math.floor(Math.max(a.length, b.length) / 2) - 1);
  const taken = new Uint8Array(b.length);
  let ofA = '';
  // By code units: taking texts apart costs more than all the rest.
  for (let place = 0; place < a.length; place += 1) {
    const letter = a.charAt(place);
    const last = Math.min(b.length - 1, place + reach);
    for (let other = Math.max(0, place - reach); other <= last; other += 1)
      if (taken[other] === 0 && b.charAt(other) === letter) {
        taken[other] = 1;
        ofA += letter;
        break;
      }
  }
  const common = ofA.length;
  if (common === 0) return 0;
  let outOfOrder = 0;
  for (let place = 0, nth = 0; place < b.length; place += 1) {
    if (taken[place] === 0) continue;
    if (b.charAt(place) !== ofA.charAt(nth)) outOfOrder += 1;
    nth += 1;
  }
  return (common / a.length + common / b.length + (common - outOfOrder / 2) / common) / 3;
}
