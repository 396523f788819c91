import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Clinic } from '../harness/clinic.ts';
import { startProcesses, type ProcessSystem } from '../harness/processes.ts';
import { Asker, mostConnections, targetOf, type LoadReport, type Target } from './asker.ts';
import { bookings } from './bookings.ts';
import { compared, tell } from './comparison.ts';
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

const findings = new Findings(
  'overload',
  'More than can be answered',
  `Twice of what a service answers at best, asked for ${seconds} s whatever becomes of it, as far as one of ${mostConnections} connections
is free, and half of it right after, ${rounds} times. What it answers at best is measured before and after each. Durations are of what is
answered and count from when it was due.`,
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
  // The first answers warm it up.
  await ask({ callers: 32 }, peakSeconds);
  const peaks = new Map<number, number>();
  for (const number of callers) peaks.set(number, await answered(number));
  const [most = 0, atBest = 0] = [...peaks].sort(([, a], [, b]) => b - a)[0] ?? [];
  const found: Overload[] = [];
  for (let round = 0, before = atBest; round < rounds; round += 1) {
    const over = await ask({ perSecond: 2 * before }, seconds);
    const after = await ask({ perSecond: before / 2 }, peakSeconds);
    const again = await answered(most);
    found.push({ best: (before + again) / 2, over, after });
    before = again;
  }

  const share = compared(found.map(({ best, over }) => ({ subject: over.goodPerSecond, baseline: best })));
  const { over } = worst(found, ({ over }) => over.p99Ms);
  findings.add(
    `${what}, twice of what can be answered`,
    `${tell(share)}; at worst ${told(over)}`,
    `a share of >= ${leastShare}, p99 <= ${longestMs} ms`,
  );
  const { after } = worst(found, ({ after }) => after.lastRefusedMs);
  findings.add(
    `${what}, half of it right after`,
    `at worst ${told(after)}, nobody refused after ${after.lastRefusedMs.toFixed(0)} ms`,
  );
  const statuses = found.flatMap(({ over }) => Object.keys(over.statuses));
  expect(statuses.filter((status) => !['200', '201', '503'].includes(status))).toEqual([]);
  expect(share.median).toBeGreaterThanOrEqual(leastShare);
  expect(over.p99Ms).toBeLessThanOrEqual(longestMs);
});

/** What came of asking for twice as much, and of half as much after it. */
interface Overload {
  /** Answers a second, of before and after. */
  best: number;
  over: LoadReport;
  after: LoadReport;
}

function worst(found: readonly Overload[], of: (each: Overload) => number): Overload {
  return found.reduce((most, each) => (of(each) > of(most) ? each : most));
}

function told({ p50Ms, p99Ms, statuses, unasked }: LoadReport): string {
  const all = Object.values(statuses).reduce((sum, number) => sum + number, unasked);
  const percent = (number = 0): string => ((100 * number) / all).toFixed(1);
  const waited = `p50 ${p50Ms.toFixed(0)}, p99 ${p99Ms.toFixed(0)} ms`;
  return `${waited}, ${percent(statuses['503'])} % refused, ${percent(unasked)} % without a connection`;
}
