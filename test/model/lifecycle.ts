import type { Command, Outcome } from './command.ts';
import { alternatives } from './free.ts';
import { freeRooms, known, reasonsAgainst, taken, unknownIn, wantedBy } from './reasons.ts';
import { described, notHad, refused, roomTaken, type Circumstances } from './refusal.ts';
import { occupies, put, without, type Appointment, type Ask, type State, type Status } from './state.ts';

const allowed: Readonly<Record<Status, readonly Status[]>> = {
  booked: ['arrived', 'cancelled', 'noshow'],
  arrived: ['booked', 'cancelled', 'checked-in', 'noshow'],
  'checked-in': ['arrived', 'fulfilled'],
  fulfilled: [],
  cancelled: [],
  noshow: ['booked'],
};

type Move = Extract<Command, { kind: 'move' }>;

/** What a move asks for: the room stays with an appointment that needs none but has one. */
export function askOfMove(state: State, appointment: Appointment, move: Move): Ask & { patientId: string } {
  const { typeId, patientId } = appointment;
  const present = known(state.types, typeId).needsRoom ? undefined : appointment.roomId;
  const { start, practitionerId = appointment.practitionerId, roomId = present } = move;
  return { typeId, patientId, practitionerId, roomId, start };
}

/** As a booking anew, by the rules of today, for which the appointment's own time is free. */
export function move(state: State, command: Move, circumstances: Circumstances): Outcome {
  const current = state.appointments.get(command.id);
  if (current === undefined) return refused(state, 404, 'not_found');
  const ask = askOfMove(state, current, command);
  const unknown = unknownIn(state, ask);
  if (unknown !== undefined) return refused(state, 422, unknown);
  if (current.status !== 'booked') return notAllowed(state, current);
  const rest = without(state, current.id);
  const { now } = circumstances;
  const reasons = reasonsAgainst(rest, ask, now);
  if (reasons.length > 0)
    return notHad(state, reasons, circumstances, () => alternatives(rest, ask, now, current));
  const free = freeRooms(rest, wantedBy(rest, ask));
  const kept = free.filter((id) => id === current.roomId);
  const roomId = roomTaken(ask, kept.length > 0 ? kept : free, circumstances);
  const { minutes, bufferBefore, bufferAfter } = known(state.types, ask.typeId);
  const moved = { ...current, ...ask, roomId, minutes, bufferBefore, bufferAfter, override: false };
  return changed(state, moved);
}

export function status(
  state: State,
  { id, to }: Extract<Command, { kind: 'status' }>,
  circumstances: Circumstances,
): Outcome {
  const current = state.appointments.get(id);
  if (current === undefined) return refused(state, 404, 'not_found');
  if (!allowed[current.status].includes(to)) return notAllowed(state, current);
  const next = { ...current, status: to };
  if (occupies(next) && !occupies(current)) {
    const rooms = current.roomId === undefined ? undefined : [current.roomId];
    const reasons = taken(state, { ...current, rooms, durations: current });
    if (reasons.length > 0)
      return notHad(state, reasons, circumstances, () => alternatives(state, current, circumstances.now));
  }
  return changed(state, next);
}

function changed(state: State, appointment: Appointment): Outcome {
  const next = { ...appointment, version: appointment.version + 1 };
  return {
    answer: { status: 200, body: described(next) },
    state: { ...state, appointments: put(state.appointments, next) },
  };
}

function notAllowed(state: State, appointment: Appointment): Outcome {
  return refused(state, 409, 'transition_not_allowed', { allowed: allowed[appointment.status] });
}

/** The book in which those of these appointments that are booked are cancelled. */
export function cancelled(state: State, appointments: readonly Appointment[]): State {
  const ended = appointments
    .filter(({ status: current }) => current === 'booked')
    .map((each) => ({ ...each, status: 'cancelled' as const, version: each.version + 1 }));
  return { ...state, appointments: put(state.appointments, ...ended) };
}
