import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { startProcesses, type ProcessSystem } from '../harness/processes.ts';
import { inquiriesAt, type Inquiry } from './booked-clinic.arbitrary.ts';
import type { Asked } from './booked-clinic.ts';
import { BookingDesk, type Outcome, type Wish } from './booking-desk.ts';
import { wantedType } from './clinic.ids.ts';
import { ClinicTables } from './clinic.tables.ts';
import { moments } from './clock.moments.ts';
import { expectedOutcome } from './expected-outcome.ts';
import type { BookableStart } from './minute-oracle.ts';
import { ReasonOracle } from './reason-oracle.ts';
import { chosenStart } from './start.candidates.ts';
import { Tally } from './tally.ts';

const clinicsAtAMoment = 125;

/** What must at least have been met in the clinics of one moment: agreement on nothing would prove nothing. */
const floors = {
  'clinic with starts': 40,
  booked: 50,
  'held for nobody': 10,
  'refused with 3 alternatives': 10,
  outside_availability: 100,
  too_soon: 40,
  too_far_ahead: 40,
  type_not_offered: 5,
  off_grid: 40,
  inactive: 20,
  practitioner_busy: 40,
  held: 10,
  no_room_free: 30,
  patient_busy: 20,
};

let system: ProcessSystem;
let tables: ClinicTables;
let desk: BookingDesk;

beforeAll(async () => {
  system = await startProcesses();
  tables = new ClinicTables(system.database.superuserUrl);
  await tables.connect();
  // Past the gateway, which has tests of its own.
  desk = new BookingDesk(system.direct.appointment, wantedType);
});

afterAll(async () => {
  await tables.close();
  await system.stop();
});

describe('a start', () => {
  it.each(moments)(
    `is listed, said to be bookable and booked, or none of these: ${clinicsAtAMoment} clinics at %s`,
    async (moment) => {
      const tally = new Tally();
      const now = Date.parse(moment);
      await stopClockAt(now);
      await fc.assert(
        fc.asyncProperty(inquiriesAt(now), (inquiry) => expectAgreement(inquiry, tally)),
        // Making a counterexample smaller ends before the test is ended, which would hide it.
        {
          numRuns: clinicsAtAMoment,
          seed: Number(moment.slice(0, 10).replaceAll('-', '')),
          interruptAfterTimeLimit: 100_000,
          markInterruptAsFailure: true,
        },
      );
      expect(tally.below(floors)).toEqual({});
    },
    120_000,
  );
});

/** Starts the service anew with a clock that stands still: even the first millisecond of a notice is decided. */
async function stopClockAt(now: number): Promise<void> {
  const { appointment } = system.services;
  await appointment.stop();
  await appointment.start({ NODE_OPTIONS: `--import=data:text/javascript,Date.now=()=>${now}` });
}

async function expectAgreement(inquiry: Inquiry, tally: Tally): Promise<void> {
  const { clinic, asked, range, choices } = inquiry;
  const oracle = new ReasonOracle(clinic);
  await tables.load(clinic);
  const tried = choices.map((choice) => chosenStart(choice, oracle, range, asked));
  const wishes: Wish[] = [
    ...tried.map((start): Wish => ({ path: '/appointments', start, asked })),
    ...tried
      .slice(0, 1)
      .map((start): Wish => ({ path: '/appointments/holds', start, asked: forNobody(asked) })),
  ];
  const [listed, ...explanations] = await Promise.all([
    expectList(oracle, inquiry),
    ...wishes.map((wish) => desk.explain(wish)),
  ]);
  if (listed.size > 0) tally.note('clinic with starts');

  for (const [index, wish] of wishes.entries()) {
    const explanation = explanations[index];
    const outcome = await desk.take(wish);
    // For the next one all else is still.
    if ('id' in outcome) await tables.undo(outcome.id);
    const start = readable(wish.start);
    const reasons = oracle.reasons(wish);
    expect({ start, explanation, outcome }).toEqual({
      start,
      explanation: { bookable: reasons.length === 0, reasons },
      outcome: expectedOutcome(oracle, wish, outcome),
    });
    if (wish.asked === asked && isInList(wish.start, inquiry))
      expect({ start, isListed: listed.has(start) }).toEqual({ start, isListed: 'id' in outcome });
    tally.note(...reasons, eventOf(wish, outcome));
  }
}

/** All pages of a list, which must be the oracle's. */
async function expectList(oracle: ReasonOracle, inquiry: Inquiry): Promise<Set<string>> {
  const { clinic, asked, range, listedPractitionerId: practitionerId, pages } = inquiry;
  const ids = clinic.practitioners.map(({ id }) => id).filter((id) => id === (practitionerId ?? id));
  const expected = oracle.starts(range.start, range.end, ids, asked);
  const limit = Math.min(Math.max(Math.ceil(expected.length / pages), 1), 200);
  const listed = await desk.list({ ...asked, from: range.start, to: range.end, practitionerId, limit });
  expect(listed.map(readable)).toEqual(expected.map(readable));
  return new Set(listed.map(readable));
}

function isInList([start, practitionerId]: BookableStart, { range, listedPractitionerId }: Inquiry): boolean {
  return (
    range.start <= start && start < range.end && practitionerId === (listedPractitionerId ?? practitionerId)
  );
}

function forNobody(asked: Asked): Asked {
  return { ...asked, patientId: undefined };
}

function eventOf({ path }: Wish, outcome: Outcome): string {
  if ('id' in outcome) return path === '/appointments' ? 'booked' : 'held for nobody';
  return `refused with ${outcome.alternatives?.length ?? 'no'} alternatives`;
}

function readable([start, practitionerId]: BookableStart): string {
  return `${new Date(start).toISOString()} ${practitionerId}`;
}
