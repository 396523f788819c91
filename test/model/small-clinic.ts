import type { Clinic } from '../harness/clinic.ts';
import { dayMinutes, dayOf, type Practitioner, type State, type TypeRules, type Window } from './state.ts';

/** A clinic so small that everybody is in everybody's way. */
export interface SmallClinic {
  readonly state: State;
  /** `YYYY-MM-DD`; it is open on this day and the next. */
  readonly firstDate: string;
}

/** 09:15 on the first day: what comes before is too soon for a treatment. */
const noticeEnds = 555;

const open = { from: 540, to: 720 };
const bothDays: Window[] = [
  { day: 0, ...open },
  { day: 1, ...open },
];

export async function layOut(clinic: Clinic): Promise<SmallClinic> {
  const firstDate = lastOfLongMonth();
  const now = minuteOf(firstDate, Date.now());
  const rules: Omit<TypeRules, 'id' | 'version'>[] = [
    { ...typeOf(30), minNoticeMinutes: 0 },
    { ...typeOf(30, 15, 15), needsRoom: true, minNoticeMinutes: Math.floor(noticeEnds - now) },
    { ...typeOf(60, 15), needsRoom: true, maxDaysAhead: -dayOf(now) },
  ];
  const types: TypeRules[] = [];
  for (const rule of rules) types.push({ ...rule, ...versioned(await clinic.type(rule)) });
  const [visit = '', treatment = '', operation = ''] = types.map(({ id }) => id);
  const practitioners: Practitioner[] = [];
  for (const typeIds of [
    [visit, treatment],
    [visit, treatment, operation],
    [treatment, operation],
  ]) {
    const made = await clinic.practitioner(typeIds, availabilityOf(bothDays, firstDate));
    practitioners.push({
      ...versioned(made),
      active: true,
      typeIds,
      windows: bothDays,
      availabilityVersion: 2,
    });
  }
  const rooms = [await clinic.room(), await clinic.room()];
  const patients = [await clinic.patient(), await clinic.patient(), await clinic.patient()];
  const byId = <Thing extends { id: string }>(things: Thing[]) =>
    new Map(things.map((each) => [each.id, each]));
  const state = {
    types: byId(types),
    practitioners: byId(practitioners),
    rooms: byId(rooms.map((room) => ({ ...versioned(room), active: true }))),
    patients: new Set(patients.map(({ id }) => id)),
    ...{ appointments: new Map(), holds: new Map(), series: new Map() },
  };
  return { state, firstDate };
}

function typeOf(minutes: number, bufferBefore = 0, bufferAfter = 0) {
  const rules = { needsRoom: false, minNoticeMinutes: 0, maxDaysAhead: 365, active: true };
  return { minutes, bufferBefore, bufferAfter, slotStep: 30, ...rules };
}

function versioned({ id, version }: { id: string; version: number }): { id: string; version: number } {
  return { id, version };
}

/** What a client puts to make a practitioner available in just these windows. */
export function availabilityOf(windows: readonly Window[], firstDate: string): object {
  const exceptions = windows.map(({ day, from, to, ...window }) => ({
    ...window,
    date: instantOf(firstDate, day * dayMinutes).slice(0, 10),
    from: timeOf(from),
    to: timeOf(to),
  }));
  return { timeZone: 'UTC', weekly: [], exceptions };
}

function timeOf(minute: number): string {
  return instantOf('1970-01-01', minute).slice(11, 16);
}

/** The instant so many minutes after the midnight of a date. */
export function instantOf(date: string, minute: number): string {
  return new Date(Date.parse(date) + minute * 60_000).toISOString();
}

export function minuteOf(date: string, instant: number): number {
  return (instant - Date.parse(date)) / 60_000;
}

/** The next 31st, a few days ahead, that the following month doesn't have: monthly series go without it there. */
function lastOfLongMonth(): string {
  const soonest = Temporal.Now.plainDateISO('UTC').add({ days: 4 });
  for (let date = soonest; ; date = date.add({ days: 1 }))
    if (date.day === 31 && date.add({ months: 1 }).day !== 31) return date.toString();
}
