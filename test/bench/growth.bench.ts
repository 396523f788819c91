import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type pg from 'pg';
import { repeat } from '../faults/outcome.ts';
import { ahead, Clinic, halfHour, type Resource } from '../harness/clinic.ts';
import { somebodyNew } from '../harness/people.ts';
import type { Reply } from '../harness/client.ts';
import { startProcesses, type ProcessSystem } from '../harness/processes.ts';
import { query } from '../harness/sql.ts';
import { fillBook } from './book.rows.ts';
import { quantile, timed } from './durations.ts';
import { Findings } from './findings.ts';
import { fillRegister } from './register.rows.ts';

/** A million of each takes some four minutes to fill in: BENCH_SIZES=1000,100000,1000000. */
const sizes = (process.env.BENCH_SIZES ?? '1000,100000').split(',').map(Number);
const rounds = 5;
const times = 400;
const callers = 8;
/** Median time goes with the number of records to the power of this. */
const mostExponent = 0.1;

const findings = new Findings(
  'growth',
  'As the clinic grows',
  `The median time of an answer to ${callers} callers with so many patients and as many appointments. The exponent is the slope of
its logarithm over that of the size: 0 where size makes no difference, 1 where twice as many take twice as long.`,
);
let system: ProcessSystem;
let practitioner: Resource;
let type: Resource;
let patients: string[];
const medians = new Map<string, number[]>();

beforeAll(async () => {
  system = await startProcesses();
  const clinic = new Clinic(system.staff);
  type = await clinic.type({ maxDaysAhead: 365 });
  practitioner = await clinic.practitioner([type.id]);
  patients = (await repeat(32, 4, () => clinic.patient())).map(({ id }) => id);
}, 600_000);
afterAll(async () => {
  await findings.save();
  await system.stop();
});

let booked = 0;
let filled = 0;
/** Some of those who are there, by chance. */
interface Sample {
  patients: { id: string; phone: string }[];
  practitioners: string[];
}
let sample: Sample;
const one = <T>(of: readonly T[], index: number): T => of[index % of.length] as T;

async function sampled(): Promise<Sample> {
  const { superuserUrl } = system.database;
  const registered = await query<Sample['patients'][number] & pg.QueryResultRow>(
    superuserUrl,
    `select id, telecom -> 0 ->> 'value' as phone from patient.patient
     where telecom -> 0 ->> 'system' = 'phone' order by random() limit ${times}`,
  );
  const busy = await query<{ id: string }>(
    superuserUrl,
    `select id from appointment.practitioner where name like 'Practitioner %' order by random() limit ${times}`,
  );
  return { patients: registered, practitioners: busy.map(({ id }) => id) };
}

/** Each answers something, whatever the size. */
const work: Readonly<Record<string, (index: number) => Promise<Reply<{ items?: object[] }>>>> = {
  'GET /patients/{id}': (index) => system.direct.patient.get(`/patients/${one(sample.patients, index).id}`),
  'POST /patients': () => system.direct.patient.post('/patients', somebodyNew()),
  'POST /patients/search, a phone': (index) =>
    system.direct.patient.post('/patients/search', { phone: one(sample.patients, index).phone }),
  'GET /appointments, a day': (index) =>
    system.direct.appointment.get(
      `/appointments?practitionerId=${one(sample.practitioners, index)}&from=${ahead(2, '00:00')}&to=${ahead(3, '00:00')}`,
    ),
  'GET /appointments, by status': () => system.direct.appointment.get('/appointments?status=booked'),
  'GET /appointments/slots, a week': (index) =>
    system.direct.appointment.get(
      `/appointments/slots?typeId=${type.id}&practitionerId=${one(sample.practitioners, index)}&from=${ahead(2, '00:00')}&to=${ahead(9, '00:00')}`,
    ),
  'POST /appointments': (index) => {
    const start = halfHour(80, booked++);
    return system.direct.appointment.post('/appointments', {
      ...{ typeId: type.id, practitionerId: practitioner.id, patientId: one(patients, index) },
      start,
    });
  },
};

it.each(sizes)(
  'with %d patients and appointments',
  async (size) => {
    const { superuserUrl } = system.database;
    await Promise.all([
      fillRegister(superuserUrl, size, filled),
      fillBook(superuserUrl, { appointments: size - filled, typeId: type.id }),
    ]);
    filled = size;
    sample = await sampled();
    for (const [what, ask] of Object.entries(work)) {
      const wanted = what.startsWith('POST /') && !what.includes('search') ? 201 : 200;
      await timed(size === sizes[0] ? 5 * times : times / 2, callers, ask);
      const found: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const { results, durations } = await timed(times / rounds, callers, ask);
        expect(results.filter(({ status }) => status !== wanted).slice(0, 1)).toEqual([]);
        expect(results.filter(({ body }) => body.items?.length === 0).length).toBe(0);
        found.push(...durations);
      }
      medians.set(what, [...(medians.get(what) ?? []), quantile(found, 0.5)]);
    }
  },
  3_600_000,
);

it('grows hardly at all', () => {
  const exponents: number[] = [];
  const logs = sizes.map((size) => Math.log(size));
  for (const [what, values] of medians) {
    const exponent = slope(
      logs,
      values.map((value) => Math.log(value)),
    );
    const measured = sizes.map((size, index) => `${(values[index] ?? Number.NaN).toFixed(1)} ms at ${size}`);
    exponents.push(exponent);
    findings.add(what, `exponent ${exponent.toFixed(2)}: ${measured.join(', ')}`, `<= ${mostExponent}`);
  }
  findings.plot({
    ...{ title: 'Median time of an answer', across: 'patients and appointments', unit: 'ms' },
    categories: sizes.map(String),
    series: Array.from(medians, ([name, values]) => ({ name, values })),
  });
  expect(Math.max(...exponents)).toBeLessThanOrEqual(mostExponent);
});

/** Of the line that fits best (least squares). */
function slope(xs: readonly number[], ys: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(xs), mean(ys)];
  const over = xs.map((value) => value - x);
  return (
    over.reduce((sum, dx, index) => sum + dx * ((ys[index] ?? Number.NaN) - y), 0) /
    over.reduce((sum, dx) => sum + dx * dx, 0)
  );
}
