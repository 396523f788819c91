import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { book, repeat, tally } from '../faults/outcome.ts';
import { ahead, Clinic } from '../harness/clinic.ts';
import { startProcesses, type ProcessSystem } from '../harness/processes.ts';
import { Asker, targetOf, type Target } from './asker.ts';
import { bookings } from './bookings.ts';
import { callerCounts, compare, tell } from './comparison.ts';
import { quantile, spread } from './durations.ts';
import { Findings } from './findings.ts';

const callers = 500;
const times = 100;
const rounds = 12;
/** The first rounds warm the service up, and the next one who asks. */
const warmUp = 4;

const practitioners = 16;
const patientsEach = 5;
const [pairsOfRounds, seconds] = [5, 2];

const findings = new Findings(
  'booking',
  'Many who want the same times',
  `How long each of those who come at once waits for an answer, of 201 or of 409 with the reasons and three alternatives; and how
many such answers a second callers get of whom ${patientsEach} want each time, beside times that are free. pgbench is no baseline of these: what is
done for whom depends on who came before, and it would run the same statements whatever they answer.`,
);
let system: ProcessSystem;
let clinic: Clinic;
let patientIds: string[];
const asker = new Asker();

beforeAll(async () => {
  system = await startProcesses();
  clinic = new Clinic(system.staff);
  patientIds = (await repeat(callers, 10, () => clinic.patient())).map(({ id }) => id);
});
afterAll(async () => {
  asker.stop();
  await findings.save();
  await system.stop();
});

it(`books ${times} times for ${callers} callers who come at once`, async () => {
  const type = await clinic.type();
  const direct = system.direct.appointment;
  const measured: number[][] = [];
  for (let round = 0; round < rounds; round += 1) {
    const practitioner = await clinic.practitioner([type.id]);
    const first = Temporal.Instant.from(ahead(2 + 3 * round, '00:00'));
    const bodies = patientIds.map((patientId, index) => ({
      ...{ typeId: type.id, practitionerId: practitioner.id, patientId },
      start: first.add({ minutes: 30 * (index % times) }).toString(),
    }));
    // What is said of the refused is looked at where nothing is measured.
    if (round < warmUp) {
      const results = await repeat(callers, callers, (index) => book(direct, { ...bodies[index] }));
      expect(tally(results)).toEqual({ '201': times, '409 slot_taken practitioner_busy': callers - times });
      continue;
    }
    const target = targetOf(direct, '/appointments', { kind: 'list', bodies });
    const { statuses, durations = [] } = await asker.ask({ target, callers, times: callers });
    expect(statuses).toEqual({ 201: times, 409: callers - times });
    if (round > warmUp) measured.push([...durations]);
  }
  const p99 = measured.map((durations) => quantile(durations, 0.99));
  findings.add(
    `${callers} bookings of ${times} times at once`,
    `${spread(measured.flat())}; p99 of a round from ${Math.min(...p99).toFixed(0)} to ${Math.max(...p99).toFixed(0)} ms`,
    'p99 <= 500 ms',
  );
});

async function answersPerSecond(target: Target, callers: number): Promise<number> {
  const { statuses } = await asker.ask({ target, callers, seconds });
  const { 201: booked = 0, 409: refused = 0, ...others } = statuses;
  expect(others).toEqual({});
  return (booked + refused) / seconds;
}

it.each(callerCounts)('answers %d callers of whom several want each time', async (callers) => {
  const targetFor = async (patients: number) =>
    targetOf(system.direct.appointment, '/appointments', await bookings(clinic, practitioners, patients));
  const [wanted, free] = [await targetFor(patientsEach), await targetFor(1)];
  for (const target of [wanted, free]) await answersPerSecond(target, callers);
  const found = await compare(
    pairsOfRounds,
    () => answersPerSecond(wanted, callers),
    () => answersPerSecond(free, callers),
  );
  findings.add(
    `POST /appointments, ${patientsEach} after each time, ${callers} callers, beside free times`,
    tell(found),
  );
});
