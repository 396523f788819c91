import fc from 'fast-check';
import type { AvailabilityChange, Collection, OnConflict, Recurrence } from './command.ts';

/** A request before it is known what is there: numbers stand for whichever thing of its kind comes to lie there. */
export type Wish =
  | { kind: 'book' | 'override' | 'hold' | 'explain'; ask: AskWish }
  | { kind: 'series'; ask: AskWish; recurrence: Recurrence; onConflict: OnConflict }
  /** What such a wish is about is made first where there is none, unless it is to be tried regardless. */
  | ({ ask: AskWish; which: number; regardless: boolean } & (
      | { kind: 'book held'; twist: Twist }
      | { kind: 'release' }
      | { kind: 'move'; start: number; practitioner: Choice; room: Choice }
      | { kind: 'status'; to: number }
      | { kind: 'cancel series'; fromDay: number | undefined }
    ))
  | ({ kind: 'availability'; practitioner: number; plan: number; stale: boolean } & Pick<
      AvailabilityChange,
      'dryRun' | 'conflicts'
    >)
  | { kind: 'change'; collection: Collection; which: number; how: How; stale: boolean }
  | { kind: 'slots'; type: number; day: number; practitioner: Choice; room: Choice; patient: Choice };

/** Undefined for nobody in particular, negative for somebody unknown. */
export type Choice = number | undefined;

export interface AskWish {
  type: number;
  practitioner: number;
  patient: Choice;
  room: Choice;
  start: number;
}

/** In what a booking differs from the hold. */
export type Twist = 'none' | 'start' | 'patient' | 'room';
export type How = 'activate' | 'deactivate' | 'lengthen' | 'shorten';

/** What happens by itself before a round. */
export type Event = { kind: 'nothing' } | { kind: 'hold runs out'; hold: number } | { kind: 'hour passes' };

export interface Round {
  before: Event;
  wishes: Wish[];
}

const number = fc.nat(11);
const rarely = fc.nat(11).map((drawn) => drawn === 11);
const somebody = fc.nat(29).map((drawn) => (drawn === 29 ? -1 : drawn % 3));

/** Mostly in the first hours of the first day, where everybody meets; seldom off the grid or outside the hours. */
const start = fc.oneof(
  { arbitrary: fc.integer({ min: 18, max: 22 }).map((halfHours) => halfHours * 30), weight: 14 },
  { arbitrary: fc.integer({ min: 17, max: 24 }).map((halfHours) => halfHours * 30), weight: 4 },
  { arbitrary: fc.integer({ min: 66, max: 71 }).map((halfHours) => halfHours * 30), weight: 4 },
  { arbitrary: fc.integer({ min: 36, max: 46 }).map((quarters) => quarters * 15), weight: 2 },
);

const ask = fc.record({
  type: fc.oneof(
    { arbitrary: fc.constantFrom(0, 0, 1, 1, 2), weight: 24 },
    { arbitrary: somebody, weight: 1 },
  ),
  practitioner: somebody,
  patient: somebody,
  room: fc.option(somebody, { nil: undefined, freq: 2 }),
  start,
});
const askOfAnybody = fc
  .tuple(ask, fc.boolean())
  .map(([asked, named]) => (named ? asked : { ...asked, patient: undefined }));

const recurrence: fc.Arbitrary<Recurrence> = fc.constantFrom(
  { frequency: 'daily', count: 2 },
  { frequency: 'daily', interval: 1, untilDay: 1 },
  { frequency: 'daily', count: 3 },
  { frequency: 'daily', count: 1 },
  { frequency: 'weekly', count: 2 },
  { frequency: 'monthly', count: 2 },
);

const option = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 1 });
const wishOf = <Kind extends Wish['kind'], Fields>(kind: Kind, fields: fc.Arbitrary<Fields>) =>
  fields.map((given) => ({ kind, ...given }));
const about = { which: number, regardless: rarely };
const twist = fc.constantFrom<Twist[]>('none', 'none', 'none', 'none', 'none', 'start', 'patient', 'room');

const wish: fc.Arbitrary<Wish> = fc.oneof(
  { arbitrary: wishOf('book', fc.record({ ask })), weight: 8 },
  { arbitrary: wishOf('override', fc.record({ ask })), weight: 2 },
  { arbitrary: wishOf('hold', fc.record({ ask: askOfAnybody })), weight: 3 },
  { arbitrary: wishOf('explain', fc.record({ ask: askOfAnybody })), weight: 2 },
  { arbitrary: wishOf('book held', fc.record({ ...about, ask: askOfAnybody, twist })), weight: 5 },
  { arbitrary: wishOf('release', fc.record({ ...about, ask: askOfAnybody })), weight: 2 },
  {
    arbitrary: wishOf(
      'move',
      fc.record({ ...about, ask, start, practitioner: option(somebody), room: option(somebody) }),
    ),
    weight: 6,
  },
  { arbitrary: wishOf('status', fc.record({ ...about, ask, to: number })), weight: 8 },
  {
    arbitrary: wishOf(
      'series',
      fc.record({ ask, recurrence, onConflict: fc.constantFrom('fail', 'skip', 'nearest') }),
    ),
    weight: 3,
  },
  {
    arbitrary: wishOf('cancel series', fc.record({ ...about, ask, fromDay: option(fc.nat(1)) })),
    weight: 2,
  },
  {
    arbitrary: wishOf(
      'availability',
      fc.record({
        ...{
          practitioner: somebody,
          plan: number,
          stale: rarely,
          dryRun: fc.nat(3).map((drawn) => drawn === 0),
        },
        conflicts: fc.constantFrom('reject', 'keep', 'cancel'),
      }),
    ),
    weight: 3,
  },
  {
    arbitrary: wishOf(
      'change',
      fc.record({
        ...{ which: number, stale: rarely },
        collection: fc.constantFrom('types', 'practitioners', 'rooms'),
        how: fc.constantFrom('activate', 'activate', 'deactivate', 'lengthen', 'shorten'),
      }),
    ),
    weight: 3,
  },
  {
    arbitrary: wishOf(
      'slots',
      fc.record({
        ...{ type: somebody, day: fc.nat(1) },
        ...{ practitioner: option(fc.nat(2)), room: option(fc.nat(1)), patient: option(somebody) },
      }),
    ),
    weight: 2,
  },
);

const event: fc.Arbitrary<Event> = fc.oneof(
  { arbitrary: fc.constant<Event>({ kind: 'nothing' }), weight: 8 },
  { arbitrary: number.map((hold): Event => ({ kind: 'hold runs out', hold })), weight: 2 },
  { arbitrary: fc.constant<Event>({ kind: 'hour passes' }), weight: 1 },
);

/** One caller alone can be held to more than several at once, so that comes as often. */
const wishes = fc.oneof(
  { arbitrary: wish.map((alone) => [alone]), weight: 1 },
  { arbitrary: fc.array(wish, { minLength: 2, maxLength: 4 }), weight: 1 },
);

/** Eight to ten rounds, in each of which one to four callers come at once. */
export const sequences: fc.Arbitrary<Round[]> = fc.array(fc.record({ before: event, wishes }), {
  minLength: 8,
  maxLength: 10,
});
