import fc from 'fast-check';

/** Numbers choose among what there is. */
export type Wish =
  | {
      kind: 'enter';
      patient: number;
      visit: number;
      practitioner: number;
      from: number;
      length: number;
      isUrgent: boolean;
    }
  | { kind: 'withdraw' | 'accept' | 'decline' | 'lapse' | 'giveBack' | 'over'; entry: number }
  | { kind: 'book' | 'hold'; patient: number; visit: number; practitioner: number; start: number }
  | { kind: 'release' | 'runOut'; hold: number }
  | { kind: 'cancel' | 'noshow'; appointment: number }
  | { kind: 'move'; appointment: number; practitioner: number; start: number }
  | { kind: 'available'; practitioner: number; hours: number }
  | { kind: 'practitioner' | 'room' | 'type'; which: number }
  | { kind: 'deactivate'; patient: number };

/** Wishes of a step are sent at once; a crash comes while they or what follows from them are carried out. */
export interface Step {
  wishes: { wish: Wish; isSecond: boolean }[];
  isDeadly: boolean;
}

const place = fc.nat(30);
const start = fc.nat(4);
const of = <Kind extends Wish['kind'], Rest>(
  weight: number,
  kinds: readonly Kind[],
  rest: { [Key in keyof Rest]: fc.Arbitrary<Rest[Key]> },
) => ({ weight, arbitrary: fc.record({ kind: fc.constantFrom(...kinds), ...rest }) });

const wish = fc.oneof(
  of(9, ['enter'], {
    patient: place,
    visit: place,
    practitioner: place,
    from: fc.nat(3),
    length: start,
    isUrgent: fc.nat(3).map((chance) => chance === 0),
  }),
  of(5, ['decline', 'lapse', 'giveBack'], { entry: place }),
  of(3, ['accept'], { entry: place }),
  of(2, ['withdraw', 'over'], { entry: place }),
  of(4, ['book', 'hold'], { patient: place, visit: place, practitioner: place, start }),
  of(2, ['release', 'runOut'], { hold: place }),
  of(7, ['cancel', 'noshow'], { appointment: place }),
  of(3, ['move'], { appointment: place, practitioner: place, start }),
  of(3, ['available'], { practitioner: place, hours: place }),
  of(3, ['practitioner', 'type'], { which: place }),
  of(2, ['room'], { which: place }),
  of(1, ['deactivate'], { patient: place }),
) as fc.Arbitrary<Wish>;

const sent = fc.record({ wish, isSecond: fc.boolean() });

export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    wishes: fc.oneof(
      { weight: 3, arbitrary: fc.array(sent, { minLength: 1, maxLength: 1 }) },
      { weight: 1, arbitrary: fc.array(sent, { minLength: 2, maxLength: 3 }) },
    ),
    isDeadly: fc.nat(79).map((chance) => chance === 0),
  }),
  { minLength: 6, maxLength: 14 },
);
