import { spansOf, type Asked } from './booked-clinic.ts';
import { jumpAfter } from './clock.moments.ts';
import { lastDateOf, type BookableStart } from './minute-oracle.ts';
import type { Range } from './range.arbitrary.ts';
import type { ReasonOracle } from './reason-oracle.ts';

/** Which start is tried, in whole numbers that any clinic can read. */
export interface StartChoice {
  practitioner: number;
  kind: keyof typeof kinds;
  place: number;
  /** Beside the start that was chosen. */
  awayMs: number;
}

const minuteMs = 60_000;

type Candidates = (oracle: ReasonOracle, practitionerId: string, range: Range, asked: Asked) => number[];

/** Where answers turn over: everything from here on is decided by one millisecond or one minute. */
const kinds = {
  bookable: (oracle, practitionerId, { start, end }, asked) =>
    oracle.starts(start, end, [practitionerId], asked).map(([at]) => at),

  taken: (oracle, practitionerId, { start, end }, asked) =>
    oracle.takenStarts(start, end, practitionerId, asked),

  onTheGrid: (oracle, practitionerId, range) =>
    minutesOf(range)
      .filter((minute) => oracle.calendar(practitionerId).at(minute).onGrid)
      .map((minute) => minute * minuteMs),

  atTheEdgeOfAClaim: ({ occupations, clinic: { type } }) => {
    const { withBuffers, patient } = spansOf(type, 0);
    return occupations.flatMap(({ kind, start, end }) => {
      const own = kind === 'patient' ? patient : withBuffers;
      return [start - own.end, end - own.start];
    });
  },

  atTheEdgeOfAWindow: (oracle, practitionerId, range) => {
    const calendar = oracle.calendar(practitionerId);
    return minutesOf(range)
      .filter((minute) => calendar.at(minute).available !== calendar.at(minute - 1).available)
      .flatMap((minute) => [minute * minuteMs, (minute - oracle.clinic.type.minutes) * minuteMs]);
  },

  atTheEdgeOfTheClock: (oracle, practitionerId, range) => {
    const { clinic } = oracle;
    const { practitioner } = oracle.calendar(practitionerId);
    const { timeZone } = practitioner.schedule;
    const afterHorizon = Temporal.PlainDate.from(lastDateOf(practitioner, clinic.type, clinic.now))
      .add({ days: 1 })
      .toZonedDateTime(timeZone).epochMilliseconds;
    const jump = jumpAfter(timeZone, range.start);
    const jumps = jump < range.end ? [jump, jump - clinic.type.minutes * minuteMs] : [];
    return [clinic.now + clinic.type.minNoticeMinutes * minuteMs, afterHorizon, ...jumps];
  },

  anywhere: (_oracle, _practitionerId, range) => minutesOf(range).map((minute) => minute * minuteMs),
} satisfies Record<string, Candidates>;

/** How often each kind is chosen; most starts of a day are of little interest. */
export const choiceWeights: Readonly<Record<StartChoice['kind'], number>> = {
  bookable: 3,
  taken: 3,
  onTheGrid: 2,
  atTheEdgeOfAClaim: 3,
  atTheEdgeOfAWindow: 2,
  atTheEdgeOfTheClock: 2,
  anywhere: 1,
};

/** The start that a choice means in this clinic. */
export function chosenStart(
  choice: StartChoice,
  oracle: ReasonOracle,
  range: Range,
  asked: Asked,
): BookableStart {
  const ids = oracle.clinic.practitioners.map(({ id }) => id);
  const practitionerId = ids[choice.practitioner % ids.length] ?? '';
  const candidates = kinds[choice.kind](oracle, practitionerId, range, asked);
  const start = candidates[choice.place % candidates.length] ?? range.start;
  return [start + choice.awayMs, practitionerId];
}

function minutesOf({ start, end }: Range): number[] {
  const first = Math.ceil(start / minuteMs);
  return Array.from({ length: Math.ceil(end / minuteMs) - first }, (_, index) => first + index);
}
