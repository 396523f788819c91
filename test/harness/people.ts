/** What must be said of a patient. */
export interface NewPerson {
  name: { family: string; given: string[] }[];
  birthDate: string;
}

const syllables = ['ba', 'de', 'fi', 'go', 'hu', 'ka', 'le', 'mi', 'no', 'pu', 'ra', 'se', 'ti', 'vo', 'zu'];
const givenNames = ['Ada', 'Bruno', 'Clara', 'Dmitri', 'Edith', 'Farid', 'Greta', 'Hugo', 'Ines', 'Jonas'];
/** Prime to the numbers of days and syllables, so that neighbours have nothing in common. */
const stride = 7919;
const days = 25_000;

let count = 0;

/** A made-up person, unlike all others of this process. */
export function somebodyNew(): NewPerson {
  count += 1;
  return somebody(count);
}

/** The made-up person of such a number, from 1: of two million no two are the same. */
export function somebody(place: number): NewPerson {
  const number = place * stride;
  const parts = [1, 15, 225, 3375].map(
    (unit) => syllables[Math.floor(number / unit) % syllables.length] ?? '',
  );
  const family = `Sam${parts.join('')}`;
  const birthDate = Temporal.PlainDate.from('1935-01-01').add({ days: number % days });
  return {
    name: [{ family, given: [givenNames[place % givenNames.length] ?? ''] }],
    birthDate: birthDate.toString(),
  };
}
