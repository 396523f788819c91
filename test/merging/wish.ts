import fc from 'fast-check';

/** What somebody would do next; places count modulo what there is by then. */
export type Wish =
  | { kind: 'create'; shared: number[] }
  | { kind: 'edit'; patient: number; gender: string; isContact: boolean }
  | { kind: 'merge'; survivor: number; duplicate: number }
  | { kind: 'undo'; merge: number }
  | { kind: 'book'; patient: number; practitioner: number; time: number; isOverride: boolean }
  | { kind: 'status'; appointment: number; status: string }
  | { kind: 'move'; appointment: number; practitioner: number; time: number }
  | { kind: 'deliver'; order: number[]; isKept: boolean };

export const place = fc.nat(40);
export const wish: fc.Arbitrary<Wish> = fc.oneof(
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('create'), shared: fc.array(fc.nat(3), { maxLength: 2 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('edit'),
      patient: place,
      gender: fc.constantFrom('male', 'female', 'other'),
      isContact: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('merge'), survivor: place, duplicate: place }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('undo'), merge: place }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('book'),
      patient: place,
      practitioner: place,
      time: place,
      isOverride: fc.nat(9).map((chance) => chance === 0),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('status'),
      appointment: place,
      status: fc.constantFrom('cancelled', 'noshow', 'booked', 'arrived'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('move'), appointment: place, practitioner: place, time: place }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('deliver'),
      order: fc.array(place, { maxLength: 5 }),
      isKept: fc.boolean(),
    }),
  },
);
