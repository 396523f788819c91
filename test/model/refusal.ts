import type { Answer, Outcome } from './command.ts';
import type { alternatives } from './free.ts';
import { isNotOffered } from './reasons.ts';
import type { Appointment, Ask, State } from './state.ts';

/** What the model needs to know of the moment and of the book's own choices. */
export interface Circumstances {
  /** Minutes after midnight of the first day, with their fraction. */
  readonly now: number;
  /** The clinic's first day. */
  readonly firstDate: string;
  /** The states since the request was sent, the present one last. */
  readonly passed: readonly State[];
  /** Nobody else changed anything at the same time. */
  readonly isAlone: boolean;
  /** What was answered: the ids that were given out are there, and the rooms that were picked. */
  readonly answered: Answer;
}

/** A refusal leaves everything as it was. */
export function refused(state: State, status: number, code: string, more: object = {}): Outcome {
  return { answer: { status, body: { code, ...more } }, state };
}

/**
 * The refusal of a time; what is not offered is told apart from what is taken. What is free elsewhere is looked for
 * after the refusal, when others may have moved on: it can be foretold only of who comes alone.
 */
export function notHad(
  state: State,
  reasons: readonly string[],
  { isAlone }: Circumstances,
  instead: () => ReturnType<typeof alternatives>,
): Outcome {
  const sorted = reasons.toSorted();
  return reasons.some(isNotOffered)
    ? refused(state, 422, 'not_bookable', { reasons: sorted })
    : refused(state, 409, 'slot_taken', { reasons: sorted, ...(isAlone && { alternatives: instead() }) });
}

/** A field of what was answered, as far as it is a string. */
export function told({ body }: Answer, field: string): string | undefined {
  const value: unknown = body === undefined ? undefined : (body as Record<string, unknown>)[field];
  return typeof value === 'string' ? value : undefined;
}

/** Of what would do the one that the book picked; any will do. */
export function pick(free: readonly string[], picked: string | undefined): string | undefined {
  return free.find((id) => id === picked) ?? free[0];
}

export function described({
  id,
  status,
  typeId,
  patientId,
  practitionerId,
  roomId,
  start,
  minutes,
  override,
  seriesId,
  version,
}: Appointment): object {
  return {
    ...{ id, status, typeId, patientId, practitionerId, start, end: start + minutes, minutes, version },
    ...(roomId !== undefined && { roomId }),
    ...(override && { override }),
    ...(seriesId !== undefined && { seriesId }),
  };
}

/** The room that a booking takes: the one it names or, when it needs one, any that is free. */
export function roomTaken(
  ask: Ask,
  free: readonly string[],
  circumstances: Circumstances,
): string | undefined {
  return ask.roomId ?? pick(free, told(circumstances.answered, 'roomId'));
}
