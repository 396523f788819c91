/** What all made-up texts have in common, and nothing else in the world: found, it tells of a leak. */
export const mark = 'quokzyx';

/** Birth dates of the canaries: of a century that nothing else here is about. */
const firstBirthDate = Temporal.PlainDate.from('1851-01-01');
const letters = 'abcdefghijklmnop';

/** Gives out values of which each is unique, and knows what each was given to. */
export class Canaries {
  readonly #places = new Map<string, string>();
  #count = 0;

  /** A word of letters, as a name may have. */
  text(place: string): string {
    return `Quokzyx${this.#next(place)}`;
  }

  /** A language tag with the word in it (BCP 47 allows eight letters in a part). */
  language(place: string): string {
    return `de-quokzyx-${this.#next(place)}`;
  }

  email(place: string): string {
    return `${this.text(place).toLowerCase()}@example.org`;
  }

  /** A number that is kept free for stories: https://www.ofcom.org.uk/phones-and-broadband/phone-numbers/numbers-for-drama */
  phone(place: string): string {
    this.#count += 1;
    const number = `2079460${String(this.#count % 1_000).padStart(3, '0')}`;
    this.#places.set(number, place);
    return `+44${number}`;
  }

  date(place: string): string {
    this.#count += 1;
    const date = firstBirthDate.add({ days: this.#count }).toString();
    this.#places.set(date, place);
    return date;
  }

  /** What a value that `leaksIn` found had been given to. */
  placeOf(leak: string): string {
    const suffix = new RegExp(`${mark}-?([a-p]{4})`, 'i').exec(leak)?.[1]?.toLowerCase();
    return this.#places.get(suffix ?? leak) ?? 'a value of a request';
  }

  /** All that was given out so far. */
  places(): string[] {
    return [...this.#places.values()];
  }

  #next(place: string): string {
    this.#count += 1;
    const digits = this.#count.toString(16).padStart(4, '0');
    const suffix = [...digits].map((digit) => letters[Number.parseInt(digit, 16)] ?? '').join('');
    this.#places.set(suffix, place);
    return suffix;
  }
}
