import type { weights } from './weights.ts';

export type BirthDateLevel = keyof typeof weights.birthDate;

/** How two dates `YYYY-MM-DD` agree: by what slip of the pen one may be the other, if by any. */
export function birthDateLevel(a: string, b: string): BirthDateLevel {
  if (a === b) return 'same';
  const [yearA = '', monthA = '', dayA = ''] = a.split('-');
  const [yearB = '', monthB = '', dayB = ''] = b.split('-');
  if (yearA === yearB && monthA === dayB && dayA === monthB) return 'dayForMonth';
  const wrong = [...a].flatMap((digit, place) => (digit === b[place] ? [] : [place]));
  if (wrong.length === 1) return 'digitWrong';
  const [first = 0, second = 0] = wrong;
  const areNeighbours = second - first === (a[first + 1] === '-' ? 2 : 1);
  if (wrong.length === 2 && areNeighbours && a[first] === b[second] && a[second] === b[first])
    return 'digitsSwapped';
  const partsAlike = [yearA === yearB, monthA === monthB, dayA === dayB].filter(Boolean).length;
  return partsAlike === 2 ? 'partWrong' : 'differs';
}

/**
 * Two of a date's three parts by turns, and its digits in order: dates that agree in any way have one of these in
 * common. In an order that depends on the date alone.
 */
export function partsOf(date: string): string[] {
  const [year = '', month = '', day = ''] = date.split('-');
  const digits = [...date.replaceAll('-', '')].sort().join('');
  return [`${year}-${month}-`, `${year}--${day}`, `-${month}-${day}`, digits].sort();
}
