import { known, reasonsAgainst } from './reasons.ts';
import { dayMinutes, type Ask, type State } from './state.ts';

export interface FreeTime {
  readonly practitionerId: string;
  readonly start: number;
  readonly end: number;
}

/** Whose time is looked for: of any practitioner, in any room, for nobody in particular when they aren't named. */
export type Search = Omit<Ask, 'practitionerId' | 'start'> & { readonly practitionerId?: string | undefined };

/** Every time that could be booked, by start, then practitioner. */
export function freeTimes(state: State, search: Search, now: number): FreeTime[] {
  const { minutes, slotStep } = known(state.types, search.typeId);
  const free: FreeTime[] = [];
  for (const { id: practitionerId, windows } of state.practitioners.values()) {
    if (search.practitionerId !== undefined && search.practitionerId !== practitionerId) continue;
    const starts = new Set<number>();
    for (const { day, from, to } of windows)
      for (let start = from; start < to; start += slotStep) starts.add(day * dayMinutes + start);
    for (const start of starts)
      if (reasonsAgainst(state, { ...search, practitionerId, start }, now).length === 0)
        free.push({ practitionerId, start, end: start + minutes });
  }
  return free.sort(byStart);
}

/** The three nearest times that the patient of a refused booking could have, of any practitioner. */
export function alternatives(
  state: State,
  { typeId, patientId, roomId, start }: Ask,
  now: number,
  except?: Pick<FreeTime, 'practitionerId' | 'start'>,
): FreeTime[] {
  const distance = (time: FreeTime) => Math.abs(time.start - start);
  return freeTimes(state, { typeId, patientId, roomId }, now)
    .filter((time) => time.start !== except?.start || time.practitionerId !== except.practitionerId)
    .sort((a, b) => distance(a) - distance(b) || byStart(a, b))
    .slice(0, 3);
}

function byStart(a: FreeTime, b: FreeTime): number {
  return a.start - b.start || (a.practitionerId < b.practitionerId ? -1 : 1);
}
