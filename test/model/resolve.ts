import type { Command } from './command.ts';
import type { AskWish, Choice, Wish } from './wish.ts';
import { statuses, type Appointment, type Ask, type Hold, type State, type Window } from './state.ts';

/** Well-formed, and nobody's. */
const stranger = '01890000-0000-7000-8000-000000000000';

/** The request that a wish comes to in a book of this state. */
export function resolve(state: State, wish: Wish): Command {
  switch (wish.kind) {
    case 'book':
    case 'override': {
      const asked = bookingOf(state, wish.ask);
      return { kind: 'book', ask: asked, ...(wish.kind === 'override' && { override: true }) };
    }
    case 'hold':
    case 'explain':
      return { kind: wish.kind, ask: askOf(state, wish.ask) };
    case 'book held': {
      const hold = among(holdsFirstLive(state), wish);
      if (hold !== undefined) return bookHeld(state, hold, wish);
      return wish.regardless
        ? { kind: 'book', holdId: stranger, ask: bookingOf(state, wish.ask) }
        : { kind: 'hold', ask: askOf(state, wish.ask) };
    }
    case 'release': {
      const hold = among(holdsFirstLive(state), wish);
      if (hold !== undefined || wish.regardless) return { kind: 'release', holdId: hold?.id ?? stranger };
      return { kind: 'hold', ask: askOf(state, wish.ask) };
    }
    case 'move': {
      const appointment = among(appointmentsFirstBooked(state), wish);
      if (appointment === undefined && !wish.regardless)
        return { kind: 'book', ask: bookingOf(state, wish.ask) };
      return {
        ...{ kind: 'move', id: appointment?.id ?? stranger, start: wish.start },
        ...optional('practitionerId', state.practitioners, wish.practitioner),
        ...optional('roomId', state.rooms, wish.room),
      };
    }
    case 'status':
      return statusChange(state, wish);
    case 'series':
      return { ...wish, ask: bookingOf(state, wish.ask) };
    case 'cancel series': {
      const series = among(latest(state.series), wish);
      if (series !== undefined || wish.regardless)
        return {
          ...{ kind: 'cancelSeries', id: series?.id ?? stranger },
          ...(wish.fromDay !== undefined && { fromDay: wish.fromDay }),
        };
      const recurrence = { frequency: 'daily', count: 2 } as const;
      return { kind: 'series', ask: bookingOf(state, wish.ask), recurrence, onConflict: 'skip' };
    }
    case 'availability': {
      const practitionerId = id(state.practitioners, wish.practitioner);
      const version = state.practitioners.get(practitionerId)?.availabilityVersion ?? 1;
      const plans = plansOf([...state.types.keys()]);
      const windows = plans[wish.plan % plans.length] ?? [];
      return { ...wish, practitionerId, windows, version: wish.stale ? version + 1 : version };
    }
    case 'change':
      return change(state, wish);
    case 'slots':
      return {
        ...{ kind: 'slots', typeId: id(state.types, wish.type), day: wish.day },
        ...optional('practitionerId', state.practitioners, wish.practitioner),
        ...optional('roomId', state.rooms, wish.room),
        ...optional('patientId', state.patients, wish.patient),
      };
  }
}

interface Ids {
  keys(): Iterable<string>;
}

function id(things: Ids, which: number): string {
  const ids = [...things.keys()];
  return (which < 0 ? undefined : ids[which % ids.length]) ?? stranger;
}

function optional<Name extends string>(
  name: Name,
  things: Ids,
  which: Choice,
): Partial<Record<Name, string>> {
  return which === undefined ? {} : ({ [name]: id(things, which) } as Record<Name, string>);
}

/** The youngest first: what happened last is what is most worth meeting again. */
function latest<Thing>(things: ReadonlyMap<string, Thing>): Thing[] {
  return [...things.values()].reverse();
}

/** A live one is what most callers have. */
function holdsFirstLive({ holds }: State): Hold[] {
  return latest(holds).sort((a, b) => Number(b.isLive) - Number(a.isLive));
}

function appointmentsFirstBooked({ appointments }: State): Appointment[] {
  const isBooked = ({ status }: Appointment) => Number(status === 'booked');
  return latest(appointments).sort((a, b) => isBooked(b) - isBooked(a));
}

/** One of the first few; none when whoever asks is to ask for a stranger's. */
function among<Thing>(
  things: readonly Thing[],
  { which, regardless = false }: { which: number; regardless?: boolean },
): Thing | undefined {
  return regardless && which % 2 === 0 ? undefined : things[which % Math.min(things.length, 4)];
}

function askOf(state: State, wish: AskWish): Ask {
  const { type, practitioner, patient, room, start } = wish;
  return {
    ...{ typeId: id(state.types, type), practitionerId: id(state.practitioners, practitioner), start },
    ...optional('patientId', state.patients, patient),
    ...optional('roomId', state.rooms, room),
  };
}

function bookingOf(state: State, wish: AskWish): Ask & { patientId: string } {
  return { ...askOf(state, wish), patientId: id(state.patients, wish.patient ?? 0) };
}

function bookHeld(state: State, hold: Hold, { ask, twist }: Extract<Wish, { kind: 'book held' }>): Command {
  const { typeId, practitionerId, start, roomId } = hold;
  const patientId = id(state.patients, ask.patient ?? 0);
  const repeated = {
    ...{ typeId, practitionerId, start: twist === 'start' ? start + 30 : start },
    patientId: twist === 'patient' ? patientId : (hold.patientId ?? patientId),
    ...(twist === 'room' && { roomId: roomId ?? id(state.rooms, 0) }),
  };
  return { kind: 'book', holdId: hold.id, ask: repeated };
}

/** Where an appointment may go from each status, and where it is sent regardless. */
function statusChange(state: State, wish: Extract<Wish, { kind: 'status' }>): Command {
  const { to, regardless } = wish;
  const current = among(latest(state.appointments), wish);
  if (current === undefined && !regardless) return { kind: 'book', ask: bookingOf(state, wish.ask) };
  const ways = {
    booked: ['arrived', 'arrived', 'noshow', 'cancelled'],
    arrived: ['checked-in', 'checked-in', 'checked-in', 'booked', 'noshow', 'cancelled'],
    'checked-in': ['fulfilled', 'fulfilled', 'arrived'],
    noshow: ['booked'],
    ...{ fulfilled: statuses, cancelled: statuses },
  } as const;
  const choice = regardless || current === undefined ? statuses : ways[current.status];
  return { kind: 'status', id: current?.id ?? stranger, to: choice[to % choice.length] ?? 'booked' };
}

function change(state: State, wish: Extract<Wish, { kind: 'change' }>): Command {
  const { which, how, stale } = wish;
  const collection = how === 'lengthen' || how === 'shorten' ? 'types' : wish.collection;
  const all = [...state[collection].values()];
  const inactive = all.filter(({ active }) => !active);
  const current = among(how === 'activate' && inactive.length > 0 ? inactive : all, { which });
  const patch = {
    activate: { active: true },
    deactivate: { active: false },
    lengthen: { minutes: 60, bufferBefore: 15 },
    shorten: { minutes: 30, bufferBefore: 0 },
  }[how];
  const version = (current?.version ?? 1) + (stale ? 1 : 0);
  return { kind: 'change', collection, id: current?.id ?? stranger, version, patch };
}

/** Closed on a day, in parts that touch or overlap, for some types only, off the usual grid. */
function plansOf([first = '', second = '']: readonly string[]): Window[][] {
  const window = (day: number, from: number, to: number, ...typeIds: string[]): Window => ({
    ...{ day, from, to },
    ...(typeIds.length > 0 && { typeIds }),
  });
  const tomorrow = window(1, 540, 720);
  return [
    [tomorrow],
    [window(0, 540, 720), tomorrow],
    [window(0, 540, 630), window(0, 630, 720), window(1, 600, 720)],
    [window(0, 600, 720)],
    [window(0, 540, 720, first), window(0, 600, 690, first, second), tomorrow],
    [window(0, 540, 645), window(0, 600, 720), tomorrow],
    [window(0, 555, 720), tomorrow],
    [window(0, 540, 750), window(1, 540, 630)],
  ];
}
