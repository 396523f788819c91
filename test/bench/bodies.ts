import { somebody } from '../harness/people.ts';

const slotMs = 30 * 60_000;

/** What is sent by POST: the same each time, one of a list after the other, people of whom no two are the same, or appointments. */
export type Bodies =
  | { readonly kind: 'one'; readonly body: object }
  | { readonly kind: 'list'; readonly bodies: readonly object[] }
  | {
      readonly kind: 'people';
      /** The number of the first one. */
      readonly first: number;
    }
  | Bookings;

/** Each half hour, from the first on, is asked for by each pair by turns: pairs who share nobody are never at odds. */
export interface Bookings {
  readonly kind: 'bookings';
  readonly typeId: string;
  readonly pairs: readonly { readonly practitionerId: string; readonly patientId: string }[];
  /** The first time. */
  readonly first: string;
}

/** The body of the request of such a number, from 0. */
export function bodyOf(bodies: Bodies, number: number): object {
  switch (bodies.kind) {
    case 'one':
      return bodies.body;
    case 'list':
      return bodies.bodies[number % bodies.bodies.length] ?? {};
    case 'people':
      return somebody(bodies.first + number);
    case 'bookings':
      return bookingOf(bodies, number);
  }
}

function bookingOf({ typeId, pairs, first }: Bookings, number: number): object {
  const start = new Date(Date.parse(first) + Math.floor(number / pairs.length) * slotMs).toISOString();
  return { typeId, ...pairs[number % pairs.length], start };
}
