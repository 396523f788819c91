import { isDeepStrictEqual } from 'node:util';
import type { Answer, Command, Outcome } from './command.ts';
import { alternatives, freeTimes } from './free.ts';
import { cancelled } from './lifecycle.ts';
import { occurrences } from './occurrences.ts';
import { freeRooms, known, reasonsAgainst, taken, unknownIn, wantedBy } from './reasons.ts';
import { described, pick, refused, type Circumstances } from './refusal.ts';
import { dayOf, put, type Appointment, type Series, type Skipped, type State } from './state.ts';

type Booking = Extract<Command, { kind: 'series' }>;

/** What becomes of one start: it is taken, or another near it, or none for these reasons. */
interface Decision {
  readonly at?: number | undefined;
  readonly reasons: readonly string[];
}

/** Each start is decided by what is there when its turn comes, which others may change from one to the next. */
export function bookSeries(state: State, command: Booking, circumstances: Circumstances): Outcome {
  const { ask, recurrence, onConflict } = command;
  const unknown = unknownIn(state, ask);
  if (unknown !== undefined) return refused(state, 422, unknown);
  const { now, firstDate, answered, isAlone } = circumstances;
  const told = toldOf(answered);
  const id = told.id ?? 'a new id';
  let moments = circumstances.passed;
  const booked: Appointment[] = [];
  const skipped: Skipped[] = [];
  const conflicts: Skipped[] = [];
  for (const { start, isMissing } of occurrences(ask.start, recurrence, firstDate)) {
    const decideAt = ({ appointments, holds }: State) =>
      decide(
        { ...state, appointments: put(appointments, ...booked), holds },
        { ...ask, start },
        command,
        now,
      );
    const decisions = isMissing ? [{ reasons: ['outside_availability'] }] : moments.map(decideAt);
    const agreeing = decisions.findIndex((decision) => isTold(decision, start, told));
    const { at, reasons } = decisions.at(agreeing) ?? { reasons: [] };
    if (!isMissing) moments = moments.slice(agreeing);
    if (at === undefined) {
      skipped.push({ start, reasons });
      if (!isMissing) conflicts.push({ start, reasons });
    } else
      booked.push(bookedAt({ ...state, appointments: put(state.appointments, ...booked) }, ask, at, told));
  }
  const [first] = conflicts;
  if (onConflict === 'fail' && first !== undefined)
    return refused(state, 409, 'slot_taken', {
      ...{ conflicts, reasons: first.reasons },
      ...(isAlone && { alternatives: alternatives(state, { ...ask, start: first.start }, now) }),
    });
  const series: Series = { ...ask, id, onConflict, skipped };
  const appointments = put(state.appointments, ...booked);
  return {
    answer: { status: 201, body: describedSeries(series, booked) },
    state: { ...state, appointments, series: put(state.series, series) },
  };
}

function decide(state: State, ask: Booking['ask'], { onConflict }: Booking, now: number): Decision {
  const reasons = reasonsAgainst(state, ask, now);
  if (reasons.length === 0) return { at: ask.start, reasons };
  return { reasons, at: onConflict === 'nearest' ? nearest(state, ask, now) : undefined };
}

/** What can be booked on the same date, the nearest, of two alike the earlier. */
function nearest(state: State, ask: Booking['ask'], now: number): number | undefined {
  const distance = ({ start }: { start: number }) => Math.abs(start - ask.start);
  return freeTimes(state, ask, now)
    .filter(({ start }) => dayOf(start) === dayOf(ask.start))
    .sort((a, b) => distance(a) - distance(b) || a.start - b.start)[0]?.start;
}

/** An appointment of a series; when it is not free by then, under an id that gives the answer the lie. */
function bookedAt(state: State, ask: Booking['ask'], start: number, { id, booked = [] }: Told): Appointment {
  const wanted = wantedBy(state, { ...ask, start });
  const isFree = taken(state, wanted).length === 0;
  const told = booked.find((each) => isFree && each.start === start);
  const { minutes, bufferBefore, bufferAfter } = known(state.types, ask.typeId);
  return {
    ...{ ...ask, start, minutes, bufferBefore, bufferAfter, override: false, version: 1, seriesId: id },
    ...{ id: told?.id ?? 'a time that is taken', status: 'booked' },
    roomId: ask.roomId ?? pick(freeRooms(state, wanted), told?.roomId),
  };
}

/** What the answer to a series says, whether it was booked or refused. */
interface Told {
  readonly id?: string;
  readonly booked?: readonly { id: string; start: number; roomId?: string }[];
  readonly skipped?: readonly Skipped[];
  readonly conflicts?: readonly Skipped[];
}

function toldOf({ body }: Answer): Told {
  return body ?? {};
}

function isTold({ at, reasons }: Decision, start: number, told: Told): boolean {
  const { booked = [], skipped = [], conflicts = [] } = told;
  const against = [...skipped, ...conflicts].find((each) => each.start === start);
  if (at === undefined) return isDeepStrictEqual(against?.reasons, reasons);
  // What failed as a whole doesn't tell the starts that could have been had.
  return against === undefined && (conflicts.length > 0 || booked.some((each) => each.start === at));
}

export function cancelSeries(
  state: State,
  { id, fromDay = -Infinity }: Extract<Command, { kind: 'cancelSeries' }>,
): Outcome {
  const series = state.series.get(id);
  if (series === undefined) return refused(state, 404, 'not_found');
  const ofSeries = ({ appointments }: State) =>
    [...appointments.values()].filter(({ seriesId }) => seriesId === id);
  const next = cancelled(
    state,
    ofSeries(state).filter(({ start }) => dayOf(start) >= fromDay),
  );
  const now = ofSeries(next).sort((a, b) => a.start - b.start || (a.id < b.id ? -1 : 1));
  return { answer: { status: 200, body: describedSeries(series, now) }, state: next };
}

function describedSeries(series: Series, booked: readonly Appointment[]): object {
  return {
    ...series,
    booked: booked.map(described),
    version: booked.reduce((changes, { version }) => changes + version - 1, 1),
  };
}
