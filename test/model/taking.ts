import type { Command, Outcome } from './command.ts';
import { alternatives } from './free.ts';
import { freeRooms, known, notOffered, reasonsAgainst, taken, unknownIn, wantedBy } from './reasons.ts';
import { described, notHad, refused, roomTaken, told, type Circumstances } from './refusal.ts';
import { put, type Appointment, type Durations, type Hold, type State } from './state.ts';

type Booking = Extract<Command, { kind: 'book' }>;

export function book(state: State, command: Booking, circumstances: Circumstances): Outcome {
  const { ask, holdId, override } = command;
  if (holdId !== undefined) return bookHeld(state, ask, holdId, circumstances);
  const unknown = unknownIn(state, ask);
  if (unknown !== undefined) return refused(state, 422, unknown);
  if (override) return bookAgainstRules(state, ask, circumstances);
  const { now } = circumstances;
  const reasons = reasonsAgainst(state, ask, now);
  if (reasons.length > 0) return notHad(state, reasons, circumstances, () => alternatives(state, ask, now));
  const roomId = roomTaken(ask, freeRooms(state, wantedBy(state, ask)), circumstances);
  return booked(state, { ...ask, roomId }, known(state.types, ask.typeId), circumstances);
}

/** Only what no override sets aside is in its way; without a free room it does without. */
function bookAgainstRules(state: State, ask: Booking['ask'], circumstances: Circumstances): Outcome {
  const standing = notOffered(state, ask, circumstances.now).filter((code) =>
    ['inactive', 'type_not_offered'].includes(code),
  );
  if (standing.length > 0) return refused(state, 422, 'not_bookable', { reasons: standing.sort() });
  const roomId = roomTaken(ask, freeRooms(state, wantedBy(state, ask)), circumstances);
  return booked(state, { ...ask, roomId }, known(state.types, ask.typeId), circumstances, true);
}

/** Judged as when it was held, and by the durations it was held for; whoever was not part of the hold must be free. */
function bookHeld(state: State, ask: Booking['ask'], holdId: string, circumstances: Circumstances): Outcome {
  const hold = state.holds.get(holdId);
  if (hold === undefined) return refused(state, 409, 'hold_expired');
  const unknown = unknownIn(state, { ...ask, roomId: hold.roomId });
  if (unknown !== undefined) return refused(state, 422, unknown);
  if (!repeats(ask, hold)) return refused(state, 422, 'hold_mismatch');
  if (!hold.isLive) return refused(state, 409, 'hold_expired');
  const held = { ...ask, roomId: hold.roomId };
  const patientId = hold.patientId === undefined ? ask.patientId : undefined;
  const missing = { practitionerId: undefined, rooms: undefined, patientId, start: ask.start };
  const reasons = [
    ...notOffered(state, held, hold.createdAt, hold),
    ...taken(state, { ...missing, durations: hold }),
  ];
  if (reasons.length > 0)
    return notHad(state, reasons, circumstances, () => alternatives(state, ask, circumstances.now));
  const holds = put(state.holds, { ...hold, isLive: false });
  return booked({ ...state, holds }, held, hold, circumstances);
}

function repeats(ask: Booking['ask'], hold: Hold): boolean {
  return (
    (['typeId', 'practitionerId', 'start'] as const).every((field) => ask[field] === hold[field]) &&
    (ask.roomId === undefined || ask.roomId === hold.roomId) &&
    (hold.patientId === undefined || ask.patientId === hold.patientId)
  );
}

function booked(
  state: State,
  ask: Booking['ask'],
  { minutes, bufferBefore, bufferAfter }: Durations,
  { answered }: Circumstances,
  override = false,
): Outcome {
  const id = told(answered, 'id') ?? 'a new id';
  const durations = { minutes, bufferBefore, bufferAfter };
  const appointment: Appointment = { ...ask, ...durations, id, status: 'booked', override, version: 1 };
  const appointments = put(state.appointments, appointment);
  return { answer: { status: 201, body: described(appointment) }, state: { ...state, appointments } };
}

export function hold(
  state: State,
  { ask }: Extract<Command, { kind: 'hold' }>,
  circumstances: Circumstances,
): Outcome {
  const { now, answered } = circumstances;
  const unknown = unknownIn(state, ask);
  if (unknown !== undefined) return refused(state, 422, unknown);
  const reasons = reasonsAgainst(state, ask, now);
  if (reasons.length > 0) return notHad(state, reasons, circumstances, () => alternatives(state, ask, now));
  const { minutes, bufferBefore, bufferAfter } = known(state.types, ask.typeId);
  const id = told(answered, 'id') ?? 'a new id';
  const roomId = roomTaken(ask, freeRooms(state, wantedBy(state, ask)), circumstances);
  const made = { ...ask, id, roomId, minutes, bufferBefore, bufferAfter, isLive: true, createdAt: now };
  const body = {
    ...{ id, typeId: ask.typeId, practitionerId: ask.practitionerId, patientId: ask.patientId, roomId },
    ...{ start: ask.start, end: ask.start + minutes, minutes, version: 1 },
  };
  return { answer: { status: 201, body }, state: { ...state, holds: put(state.holds, made) } };
}

export function release(state: State, { holdId }: Extract<Command, { kind: 'release' }>): Outcome {
  const held = state.holds.get(holdId);
  if (!held?.isLive) return refused(state, 404, 'not_found');
  return {
    answer: { status: 204 },
    state: { ...state, holds: put(state.holds, { ...held, isLive: false }) },
  };
}
