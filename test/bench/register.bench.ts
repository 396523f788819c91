import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type pg from 'pg';
import type { PatientInput } from '#contracts';
import { repeat } from '../faults/outcome.ts';
import { startProcesses, type ProcessSystem } from '../harness/processes.ts';
import { query } from '../harness/sql.ts';
import { Chance } from '../matching/chance.ts';
import { recordedAgain } from '../matching/mistakes.ts';
import { Asker, targetOf } from './asker.ts';
import { quantile, spread } from './durations.ts';
import { Findings } from './findings.ts';
import { plansOf } from './plans.ts';
import { fillRegister } from './register.rows.ts';

/** A million takes some seven minutes to fill in: BENCH_PATIENTS=1000000. */
const people = Number(process.env.BENCH_PATIENTS ?? 100_000);
const callers = 8;
/** Of all kinds by turns, so that a slow minute of the machine is not that of one of them. */
const rounds = 10;
/** In each round. */
const times = 400;
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
     from patient.patient where id > gen_random_uuid() limit 2000`,
  );
}, 3_600_000);
afterAll(async () => {
  asker.stop();
  await findings.save();
  await system.stop();
});

interface Kind {
  readonly what: string;
  readonly path: string;
  readonly bodyOf: () => object;
  readonly statuses: readonly number[];
  /** Of 95 of a hundred answers. */
  readonly mostMs: number;
}

const search = (what: string, bodyOf: (person: PatientInput) => object): Kind => ({
  ...{ what: `POST /patients/search, ${what}`, path: '/patients/search', statuses: [200], mostMs: 30 },
  bodyOf: () => bodyOf(chance.one(known)),
});

function mistyped(person: PatientInput): string {
  const [name] = recordedAgain(chance, person).name;
  return `${name?.family ?? ''} ${name?.given?.[0] ?? ''}`;
}

const kinds: readonly Kind[] = [
  search('name', ({ name: [name] }) => ({ name: `${name?.given?.[0] ?? ''} ${name?.family ?? ''}` })),
  search('beginnings', ({ name: [name] }) => ({
    name: `${name?.family.slice(0, 5) ?? ''} ${name?.given?.[0]?.slice(0, 3) ?? ''}`,
  })),
  search('family name alone', ({ name: [name] }) => ({ name: name?.family })),
  search('a name mistyped, and birth date', (person) => ({
    name: mistyped(person),
    birthDate: person.birthDate,
  })),
  search('a name mistyped', (person) => ({ name: mistyped(person) })),
  search('phone', ({ telecom: [phone] = [] }) => ({ phone: `0${phone?.value.slice(3) ?? '7900000000'}` })),
  search('birth date', ({ birthDate }) => ({ birthDate })),
  {
    what: 'POST /patients/match, somebody recorded again',
    path: '/patients/match',
    bodyOf: () => recordedAgain(chance, chance.one(known)),
    statuses: [200],
    mostMs: 60,
  },
  {
    what: 'POST /patients, looking for duplicates',
    path: '/patients',
    bodyOf: () => {
      const [named, other] = [chance.one(known), chance.one(known)];
      return { ...named, birthDate: other.birthDate, telecom: [], identifier: [], address: other.address };
    },
    statuses: [201, 409],
    mostMs: 80,
  },
];

/** How many of those who were tried found nobody, by what they asked for. */
const inVain = new Map<Kind, number>();

it.each(kinds)('$what: is answered', async (kind) => {
  const { path, bodyOf, statuses } = kind;
  const replies = await repeat(tries, callers, () =>
    system.direct.patient.post<{ items?: object[] }>(path, bodyOf()),
  );
  const odd = replies.filter(({ status }) => !statuses.includes(status));
  expect(odd.map(({ body }) => body).slice(0, 3)).toEqual([]);
  inVain.set(kind, replies.filter(({ body }) => body.items?.length === 0).length);
});

it('measures how long each takes, by turns', async () => {
  const measured = kinds.map((kind) => {
    const bodies = Array.from({ length: (rounds + 1) * times }, kind.bodyOf);
    const target = targetOf(system.direct.patient, kind.path, { kind: 'list', bodies });
    return { kind, target, durations: [] as (readonly number[])[] };
  });
  // The first of them warm it up.
  for (let round = -1; round < rounds; round += 1)
    for (const { kind, target, durations } of measured) {
      const report = await asker.ask({ target, callers, times });
      const odd = Object.keys(report.statuses).filter((status) => !kind.statuses.includes(Number(status)));
      expect(odd).toEqual([]);
      if (round >= 0) durations.push(report.durations ?? []);
    }
  for (const { kind, durations } of measured) {
    const p95 = durations.map((round) => quantile(round, 0.95));
    const empty = inVain.get(kind) ?? 0;
    const told = empty === 0 ? '' : `; ${empty} of ${tries} tried before found nobody`;
    findings.add(
      kind.what,
      `${spread(durations.flat())}; p95 of a round from ${Math.min(...p95).toFixed(1)} to ${Math.max(...p95).toFixed(1)} ms${told}`,
      `p95 <= ${kind.mostMs} ms`,
    );
  }
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
