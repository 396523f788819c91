import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { ahead, Clinic, openDaily, type Booking, type Entry, type Resource } from '../harness/clinic.ts';
import type { Client } from '../harness/client.ts';
import { disagreements, merge, queuesAreEmpty, undo } from '../harness/merges.ts';
import { startProcesses, type ProcessSystem } from '../harness/processes.ts';
import { contradictionsIn, count } from './database.ts';
import { repeat } from './outcome.ts';

const patientCount = 6;
const practitionerCount = 3;
/** In a round. */
const changes = 1_000;
const rounds = 5;
const seriesCount = 100;
const callers = 16;

let system: ProcessSystem;
/** Two processes of the book, and two of the register. */
let desks: { register: Client; book: Client }[];
let typeId: string;
let patients: readonly Resource[];
let practitioners: readonly Resource[];
const appointments: string[] = [];
const series: string[] = [];
const entries: string[] = [];
const merges: string[] = [];

beforeAll(async () => {
  system = await startProcesses();
  const second = await system.second();
  desks = [system.direct, second].map(({ patient, appointment }) => ({
    register: patient,
    book: appointment,
  }));
  const clinic = new Clinic(system.staff);
  typeId = (await clinic.type()).id;
  patients = await repeat(patientCount, 2, () => clinic.patient());
  practitioners = await repeat(practitionerCount, 2, () => clinic.practitioner([typeId]));
  // Not beside the rest, and moves go to later times: who takes or gives back several times at once can wait crosswise for
  // the times themselves, and is run again. Here it is to be seen that nobody does for patients and appointments.
  await repeat(seriesCount, 2, (index) => bookSeries(desks[index % 2]?.book ?? system.staff));
});
afterAll(() => system.stop());

const any = <T>(list: readonly T[]): T | undefined => list[Math.floor(Math.random() * list.length)];
/** Few, so that much collides. */
const visit = () => ({
  typeId,
  patientId: any(patients)?.id,
  practitionerId: any(practitioners)?.id,
  start: ahead(2 + Math.floor(Math.random() * 4), any(['09:00', '09:30', '10:00', '10:30'])),
});

/** A series of a few days. */
async function bookSeries(book: Client): Promise<number> {
  const recurrence = { frequency: 'daily', count: 4 };
  const { status, body } = await book.post<Resource>('/appointments/series', {
    ...visit(),
    recurrence,
    onConflict: 'skip',
  });
  if (status === 201) series.push(body.id);
  return status;
}

/** Takes a practitioner's time away with all that is booked in it, or gives it back. */
async function changeAvailability(book: Client, isOpen: boolean): Promise<number> {
  const path = `/appointments/practitioners/${any(practitioners)?.id ?? ''}/availability`;
  const { body } = await book.get<{ version: number }>(path);
  const hours = isOpen ? openDaily('00:00-24:00') : openDaily('00:00-09:30');
  const availability = { timeZone: 'UTC', exceptions: [], ...hours };
  return (await book.change('PUT', `${path}?conflicts=cancel`, body.version, availability)).status;
}

async function bookOne(book: Client): Promise<number> {
  const { status, body } = await book.post<Booking>('/appointments', visit());
  if (status === 201) appointments.push(body.id);
  return status;
}

async function mergeTwo(register: Client): Promise<number> {
  const { status, body } = await merge(register, any(patients)?.id ?? '', any(patients)?.id ?? '');
  if (status === 201) merges.push(body.id);
  return status;
}

/** Waits for any time of the few. */
async function wait(book: Client): Promise<number> {
  const { typeId: type, patientId } = visit();
  const window = { earliest: ahead(2, '00:00'), latest: ahead(5, '23:00') };
  const { status, body } = await book.post<Entry>('/appointments/waitlist', {
    ...{ typeId: type, patientId, ...window },
    priority: any(['routine', 'urgent']),
  });
  if (status === 201) entries.push(body.id);
  return status;
}

/** Answers the first offer that can be answered so, or else any entry. */
async function answer(book: Client, what: 'accept' | 'decline'): Promise<number> {
  const { body } = await book.get<{ items: Entry[] }>('/appointments/waitlist?status=offered&limit=200');
  const ids = body.items.length > 0 ? body.items.map(({ id }) => id) : [any(entries) ?? ''];
  let status = 0;
  for (const id of ids) {
    ({ status } = await book.send('POST', `/appointments/waitlist/${id}/${what}`));
    if (status < 300 || status >= 500) break;
  }
  return status;
}

const kinds: ((desk: { register: Client; book: Client }, done: number) => Promise<number>)[] = [
  ({ book }) => bookOne(book),
  ({ book }) => bookOne(book),
  ({ register }) => mergeTwo(register),
  async ({ register }) => (await undo(register, any(merges) ?? patients[0]?.id ?? '')).status,
  async ({ book }) =>
    (await book.post(`/appointments/${any(appointments) ?? ''}/status`, { status: 'cancelled' })).status,
  async ({ book }, done) => {
    const start = ahead(20 + Math.floor(done / 100), '09:00');
    return (await book.post(`/appointments/${any(appointments) ?? ''}/reschedule`, { start })).status;
  },
  async ({ book }) => (await book.post(`/appointments/series/${series.pop() ?? ''}/cancel`, {})).status,
  async ({ book }) => (await book.post('/appointments/holds', visit())).status,
  ({ book }) => changeAvailability(book, Math.random() < 0.8),
  ({ book }) => wait(book),
  ({ book }) => answer(book, 'accept'),
  ({ book }) => answer(book, 'decline'),
  async ({ book }) => (await book.send('DELETE', `/appointments/waitlist/${any(entries) ?? ''}`)).status,
];

it('merges, cancels and moves the same few at once, and nobody waits crosswise', async () => {
  const outcomes: { kind: number; status: number }[] = [];
  const isInVain = (index: number) => !outcomes.some(({ kind, status }) => kind === index && status < 300);
  // What can be answered is offered by chance: a round may pass without.
  for (let round = 0; round === 0 || (round < rounds && [...kinds.keys()].some(isInVain)); round += 1)
    outcomes.push(
      ...(await repeat(changes, callers, async (index) => {
        const kind = kinds[index % kinds.length];
        const desk = desks[Math.floor(Math.random() * desks.length)];
        if (!kind || !desk) throw new Error('there is something to do for everybody');
        return { kind: index % kinds.length, status: await kind(desk, round * changes + index) };
      })),
    );
  await queuesAreEmpty(system.database);
  const told = Object.groupBy(outcomes, ({ kind, status }) => `${kind}: ${status}`);
  console.info(
    Object.entries(told)
      .map(([what, each = []]) => `${what} x${each.length}`)
      .sort()
      .join(', '),
  );
  const deadlocks = 'pg_stat_database where datname = current_database() and deadlocks > 0';
  expect(await count(system.database, deadlocks)).toBe(0);
  // Who waits crosswise is told so after a second; who is told after two to try again stood in a long queue.
  expect(outcomes.filter(({ status }) => status >= 500 && status !== 503)).toEqual([]);
  // Each kind has done something at least once.
  expect([...kinds.keys()].filter(isInVain)).toEqual([]);
  expect(await disagreements(system.database)).toEqual([]);
  expect(await contradictionsIn(system.database)).toEqual([]);
}, 180_000);
