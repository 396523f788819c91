import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type pg from 'pg';
import type { PatientInput } from '#contracts';
import { repeat } from '../faults/outcome.ts';
import { startProcesses, type ProcessSystem } from '../harness/processes.ts';
import { query } from '../harness/sql.ts';
import { Chance } from '../matching/chance.ts';
import { recordedAgain } from '../matching/mistakes.ts';
import { Asker, targetOf } from './asker.ts';
import { spread } from './durations.ts';
import { Findings } from './findings.ts';
import { plansOf } from './plans.ts';
import { fillRegister } from './register.rows.ts';

/** A million takes some seven minutes to fill in: BENCH_PATIENTS=1000000. */
const people = Number(process.env.BENCH_PATIENTS ?? 100_000);
const callers = 8;
const times = 2_000;
const tries = 300;

const findings = new Findings(
  'register',
  'Finding people',
  `How long each of ${callers} callers who ask on and on waits for an answer, among ${people.toLocaleString('en')} patients
(\`BENCH_PATIENTS\` says how many). A search answers 50 records, if there are as many; the access log has all of them before
the answer. Names are distributed as names are: a few are very frequent.`,
);
let system: ProcessSystem;
const asker = new Asker();
/** Some of those who are registered. */
let known: PatientInput[];
const chance = new Chance(1);

beforeAll(async () => {
  system = await startProcesses();
  await fillRegister(system.database.superuserUrl, people);
  known = await query<PatientInput & pg.QueryResultRow>(
    system.database.superuserUrl,
    `select name, to_char(birth_date, 'YYYY-MM-DD') as "birthDate", gender, telecom, address, identifier
     from patient.patient where id > gen_random_uuid() limit ${times}`,
  );
}, 3_600_000);
afterAll(async () => {
  asker.stop();
  await findings.save();
  await system.stop();
});

async function measure(
  what: string,
  path: string,
  bodyOf: () => object,
  statuses: readonly number[],
  mostMs: number,
): Promise<void> {
  const { patient } = system.direct;
  // What is answered is looked at before it is measured.
  const replies = await repeat(tries, callers, () => patient.post<{ items?: object[] }>(path, bodyOf()));
  const odd = replies.filter(({ status }) => !statuses.includes(status));
  expect(odd.map(({ body }) => body).slice(0, 3)).toEqual([]);
  const empty = replies.filter(({ body }) => body.items?.length === 0).length;
  const target = targetOf(patient, path, {
    kind: 'list',
    bodies: Array.from({ length: 1.5 * times }, bodyOf),
  });
  // The first of them warm it up.
  await asker.ask({ target, callers, times: times / 2 });
  const report = await asker.ask({ target, callers, times });
  expect(Object.keys(report.statuses).filter((status) => !statuses.includes(Number(status)))).toEqual([]);
  const told = empty === 0 ? '' : `; ${empty} of ${tries} tried before found nobody`;
  const measured = `${spread(report.durations ?? [])}${told}`;
  findings.add(`POST ${path}, ${what}`, measured, `p95 <= ${mostMs} ms`);
}

it.each<[string, (person: PatientInput) => object]>([
  ['name', ({ name: [name] }) => ({ name: `${name?.given?.[0] ?? ''} ${name?.family ?? ''}` })],
  [
    'beginnings',
    ({ name: [name] }) => ({
      name: `${name?.family.slice(0, 5) ?? ''} ${name?.given?.[0]?.slice(0, 3) ?? ''}`,
    }),
  ],
  ['family name alone', ({ name: [name] }) => ({ name: name?.family })],
  [
    'a name mistyped, and birth date',
    (person) => {
      const [name] = recordedAgain(chance, person).name;
      return { name: `${name?.family ?? ''} ${name?.given?.[0] ?? ''}`, birthDate: person.birthDate };
    },
  ],
  [
    'a name mistyped',
    (person) => {
      const [name] = recordedAgain(chance, person).name;
      return { name: `${name?.family ?? ''} ${name?.given?.[0] ?? ''}` };
    },
  ],
  ['phone', ({ telecom: [phone] = [] }) => ({ phone: `0${phone?.value.slice(3) ?? '7900000000'}` })],
  ['birth date', ({ birthDate }) => ({ birthDate })],
])('searches by %s', async (what, bodyOf) => {
  await measure(what, '/patients/search', () => bodyOf(chance.one(known)), [200], 30);
});

it('matches', async () => {
  await measure(
    'somebody recorded again',
    '/patients/match',
    () => recordedAgain(chance, chance.one(known)),
    [200],
    60,
  );
});

it('registers, looking for duplicates', async () => {
  const bodyOf = () => {
    const [named, other] = [chance.one(known), chance.one(known)];
    return { ...named, birthDate: other.birthDate, telecom: [], identifier: [], address: other.address };
  };
  await measure('looking for duplicates', '/patients', bodyOf, [201, 409], 80);
});

it('uses indexes', async () => {
  const [person] = known;
  if (!person) throw new Error('the register is empty');
  const [name] = person.name;
  const plans = await plansOf(system, async (patient) => {
    await patient.post('/patients/search', {
      name: `${name?.given?.[0] ?? ''} ${name?.family.slice(0, 5) ?? ''}`,
    });
    await patient.post('/patients/search', { name: name?.family, birthDate: person.birthDate });
    await patient.post('/patients/search', { birthDate: person.birthDate });
    await patient.post('/patients/search', { phone: '020 7946 0018' });
    await patient.post('/patients/match', person);
    await patient.post('/patients', person);
  });
  expect(plans.join('\n')).toMatch(/Index Only Scan using patient_name_pair_pkey/);
  expect(plans.join('\n')).toMatch(/Index Scan (using|on) patient_by_birth_date/);
  expect(plans.join('\n')).toMatch(/Index Only Scan using patient_key_pkey/);
  expect(plans.filter((plan) => /Seq Scan on (patient|name)/.test(plan))).toEqual([]);
});
