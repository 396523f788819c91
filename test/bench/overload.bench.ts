import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Clinic } from '../harness/clinic.ts';
import { startProcesses, type ProcessSystem } from '../harness/processes.ts';
import { Asker, mostConnections, targetOf, type LoadReport, type Target } from './asker.ts';
import { bookings } from './bookings.ts';
import { comparisonOf, tell } from './comparison.ts';
import { Findings } from './findings.ts';

const rounds = 3;
const seconds = 60;
const peakSeconds = 10;
const callers = [16, 32, 64];
/**
 * So many that bookings which are let in, in no order, seldom want the same one; at the peak each practitioner comes in turn.
 */
const practitioners = 240;
/** Of what is answered at best so much is answered when twice of it is asked for. */
const leastShare = 0.9;
const longestMs = 1_000;
const recoveryMs = 3_000;

const findings = new Findings(
  'overload',
  'More than can be answered',
  `Twice of what a service answers at best, asked for ${seconds} s whatever becomes of it, as far as one of ${mostConnections} connections
is free, and half of it right after, ${rounds} times. A share is of what it answers at best over the same connections, before and after; durations are of what is
answered and count from when it was due, 10 ms before it is asked for at times, and more where all wait for a processor.`,
);
let system: ProcessSystem;
let clinic: Clinic;
let asker: Asker;

beforeAll(async () => {
  system = await startProcesses();
  clinic = new Clinic(system.staff);
  asker = new Asker();
});
afterAll(async () => {
  await findings.save();
  asker.stop();
  await system.stop();
});

async function reading(): Promise<Target> {
  const { id } = await clinic.patient();
  return targetOf(system.direct.patient, `/patients/${id}`);
}

async function booking(): Promise<Target> {
  return targetOf(system.direct.appointment, '/appointments', await bookings(clinic, practitioners));
}

it.each([
  ['GET /patients/{id}', reading],
  ['POST /appointments', booking],
])('%s: twice of what can be answered is asked for', async (what, prepare) => {
  const target = await prepare();
  const ask = (load: { callers: number } | { perSecond: number }, forSeconds: number) =>
    asker.ask({ target, seconds: forSeconds, ...load });
  const answered = async (number: number) => (await ask({ callers: number }, peakSeconds)).goodPerSecond;
  // All connections are opened, and the first answers warm it up: what it answers at best comes over all of them by turns, too.
  await ask({ perSecond: 100 }, 1);
  await ask({ callers: 32 }, peakSeconds);
  const peaks = new Map<number, number>();
  for (const number of callers) peaks.set(number, await answered(number));
  const [most = 0] = [...peaks].sort(([, a], [, b]) => b - a)[0] ?? [];
  const atBest = [await answered(most)];
  const [overs, afters]: [LoadReport[], LoadReport[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    const peak = atBest.at(-1) ?? 0;
    overs.push(await ask({ perSecond: 2 * peak }, seconds));
    afters.push(await ask({ perSecond: peak / 2 }, peakSeconds));
    atBest.push(await answered(most));
  }

  const share = comparisonOf(
    overs.map(({ goodPerSecond }, round) => ({
      subject: goodPerSecond,
      baseline: ((atBest[round] ?? 0) + (atBest[round + 1] ?? 0)) / 2,
    })),
  );
  const longest = Math.max(...overs.map(({ p99Ms }) => p99Ms));
  findings.add(
    `${what}, twice of what can be answered`,
    `${tell(share)}; ${overs.map(loadText).join('; ')}`,
    `a median share of >= ${leastShare}, p99 <= ${longestMs} ms`,
  );
  const refusedMs = Math.max(...afters.map(({ lastRefusedMs }) => lastRefusedMs));
  findings.add(
    `${what}, half of it right after`,
    `${afters.map(loadText).join('; ')}; nobody refused after ${refusedMs.toFixed(0)} ms`,
    `nobody refused after ${recoveryMs} ms`,
  );
  findings.add(`${what}, at best before and after each`, `${atBest.map(Math.round).join(', ')} a second`);
  const statuses = [...overs, ...afters].flatMap((report) => Object.keys(report.statuses));
  expect(statuses.filter((status) => !['200', '201', '503'].includes(status))).toEqual([]);
  expect(share.median).toBeGreaterThanOrEqual(leastShare);
  expect(longest).toBeLessThanOrEqual(longestMs);
  expect(refusedMs).toBeLessThanOrEqual(recoveryMs);
});

function loadText({ p50Ms, p99Ms, statuses, unasked }: LoadReport): string {
  const all = Object.values(statuses).reduce((sum, number) => sum + number, unasked);
  const percent = (number = 0): string => ((100 * number) / all).toFixed(1);
  const waited = `p50 ${p50Ms.toFixed(0)}, p99 ${p99Ms.toFixed(0)} ms`;
  return `${waited}, ${percent(statuses['503'])} % refused, ${percent(unasked)} % without a connection`;
}
