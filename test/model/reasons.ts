import { dayMinutes, dayOf, occupies, type Ask, type Durations, type State, type Window } from './state.ts';

/** Why the book doesn't know what a request is about, the first that it looks up. */
export function unknownIn(
  state: State,
  { typeId, practitionerId, roomId, patientId }: Ask,
): string | undefined {
  if (!state.types.has(typeId)) return 'type_unknown';
  if (!state.practitioners.has(practitionerId)) return 'practitioner_unknown';
  if (roomId !== undefined && !state.rooms.has(roomId)) return 'room_unknown';
  if (patientId !== undefined && !state.patients.has(patientId)) return 'patient_unknown';
  return undefined;
}

/** Something known to be known. */
export function known<Thing>(things: ReadonlyMap<string, Thing>, id: string): Thing {
  const thing = things.get(id);
  if (thing === undefined) throw new Error(`the model was asked for ${id}, which it does not know`);
  return thing;
}

const notOfferedCodes = [
  ...['outside_availability', 'too_soon', 'too_far_ahead', 'type_not_offered', 'off_grid', 'inactive'],
];

export function isNotOffered(code: string): boolean {
  return notOfferedCodes.includes(code);
}

/** Why a time is not offered, whoever has booked. */
export function notOffered(
  state: State,
  ask: Ask,
  now: number,
  durations: Durations = known(state.types, ask.typeId),
): string[] {
  const { start, typeId } = ask;
  const type = known(state.types, typeId);
  const practitioner = known(state.practitioners, ask.practitionerId);
  const room = ask.roomId === undefined ? undefined : known(state.rooms, ask.roomId);
  const hours = hoursOf(practitioner.windows, typeId);
  const here = around(hours, start);
  const holds: Record<string, boolean> = {
    inactive: !practitioner.active || !type.active || room?.active === false,
    type_not_offered: !practitioner.typeIds.includes(typeId),
    outside_availability: !isCovered(hours, start, start + durations.minutes),
    off_grid: here.length > 0 && here.every(({ from }) => (start - from) % type.slotStep !== 0),
    too_soon: start < now + type.minNoticeMinutes,
    too_far_ahead: dayOf(start) > dayOf(now) + type.maxDaysAhead,
  };
  return Object.keys(holds).filter((code) => holds[code]);
}

interface Hours {
  readonly from: number;
  readonly to: number;
}

/** When windows offer a type; they may touch or overlap. */
export function hoursOf(windows: readonly Window[], typeId: string): Hours[] {
  return windows
    .filter(({ typeIds }) => typeIds?.includes(typeId) ?? true)
    .map(({ day, from, to }) => ({ from: day * dayMinutes + from, to: day * dayMinutes + to }));
}

/** Whether hours have all of a span between them. */
export function isCovered(hours: readonly Hours[], start: number, end: number): boolean {
  const reach = Math.max(...around(hours, start).map(({ to }) => to));
  return reach >= end || (reach > start && isCovered(hours, reach, end));
}

function around(hours: readonly Hours[], minute: number): Hours[] {
  return hours.filter(({ from, to }) => from <= minute && minute < to);
}

/** What a time would occupy; undefined is what isn't asked for. */
export interface Wanted {
  readonly practitionerId?: string | undefined;
  readonly patientId?: string | undefined;
  /** Any of them will do; undefined when none is needed. */
  readonly rooms: readonly string[] | undefined;
  readonly start: number;
  readonly durations: Durations;
}

export function wantedBy(state: State, ask: Ask): Wanted {
  const type = known(state.types, ask.typeId);
  return { ...ask, rooms: roomsFor(state, ask), durations: type };
}

function roomsFor(state: State, { typeId, roomId }: Ask): readonly string[] | undefined {
  if (roomId !== undefined) return [roomId];
  if (!known(state.types, typeId).needsRoom) return undefined;
  return [...state.rooms.values()].filter(({ active }) => active).map(({ id }) => id);
}

/** A resource's time that is taken. */
export interface Occupation {
  readonly ownerId: string;
  readonly kind: 'practitioner' | 'room' | 'patient';
  readonly resourceId: string;
  readonly from: number;
  readonly to: number;
  readonly isHeld: boolean;
}

export function occupations(state: State): readonly Occupation[] {
  const remembered = reckoned.get(state);
  if (remembered !== undefined) return remembered;
  const found = reckon(state);
  reckoned.set(state, found);
  return found;
}

/** A state never changes, and is asked for this again and again. */
const reckoned = new WeakMap<State, readonly Occupation[]>();

function reckon({ appointments, holds }: State): Occupation[] {
  const owners = [
    ...[...appointments.values()].filter(occupies).map((owner) => ({ ...owner, isHeld: false })),
    ...[...holds.values()].filter(({ isLive }) => isLive).map((owner) => ({ ...owner, isHeld: true })),
  ];
  return owners.flatMap(({ id: ownerId, isHeld, practitionerId, roomId, patientId, start, ...durations }) => {
    const { outer, inner } = spansOf(start, durations);
    const all = [
      { kind: 'practitioner' as const, resourceId: practitionerId, ...outer },
      { kind: 'room' as const, resourceId: roomId, ...outer },
      { kind: 'patient' as const, resourceId: patientId, ...inner },
    ];
    return all.flatMap(({ resourceId, ...taken }) =>
      resourceId === undefined ? [] : [{ ownerId, isHeld, resourceId, ...taken }],
    );
  });
}

/** Practitioner and room are taken with the buffers, the patient without. */
function spansOf(start: number, { minutes, bufferBefore, bufferAfter }: Durations) {
  const end = start + minutes;
  return { outer: { from: start - bufferBefore, to: end + bufferAfter }, inner: { from: start, to: end } };
}

/** Why a time that is offered can't be had. */
export function taken(state: State, wanted: Wanted): string[] {
  const there = occupations(state);
  const { outer, inner } = spansOf(wanted.start, wanted.durations);
  const during = (id: string | undefined, { from, to }: { from: number; to: number }) =>
    there.filter((each) => each.resourceId === id && each.from < to && from < each.to);
  const ofPractitioner = during(wanted.practitionerId, outer);
  const holds: Record<string, boolean> = {
    practitioner_busy: ofPractitioner.some(({ isHeld }) => !isHeld),
    held: ofPractitioner.some(({ isHeld }) => isHeld),
    no_room_free: wanted.rooms?.every((id) => during(id, outer).length > 0) ?? false,
    patient_busy: during(wanted.patientId, inner).length > 0,
  };
  return Object.keys(holds).filter((code) => holds[code]);
}

/** Those of the rooms that could be taken; none when none is needed. */
export function freeRooms(state: State, wanted: Wanted): string[] {
  const { rooms = [] } = wanted;
  const alone = { ...wanted, practitionerId: undefined, patientId: undefined };
  return rooms.filter((id) => taken(state, { ...alone, rooms: [id] }).length === 0);
}

/** Every reason against a booking, in the order of the alphabet. */
export function reasonsAgainst(state: State, ask: Ask, now: number): string[] {
  return [...notOffered(state, ask, now), ...taken(state, wantedBy(state, ask))].sort();
}
