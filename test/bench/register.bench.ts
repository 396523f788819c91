import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type pg from 'pg';
import type { PatientInput } from '#contracts';
import { startProcesses, type ProcessSystem } from '../harness/processes.ts';
import { query } from '../harness/sql.ts';
import { Chance } from '../matching/chance.ts';
import { recordedAgain } from '../matching/mistakes.ts';
import { spread, timed } from './durations.ts';
import { fillRegister } from './register.rows.ts';

/** A million takes half an hour to fill in: BENCH_PATIENTS=1000000. */
const people = Number(process.env.BENCH_PATIENTS ?? 100_000);
const callers = 8;
const times = 2_000;

let system: ProcessSystem;
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
afterAll(() => system.stop());

async function measure(
  what: string,
  path: string,
  bodyOf: () => object,
  wanted: readonly number[],
): Promise<void> {
  const bodies = Array.from({ length: times + 300 }, bodyOf);
  const send = (index: number) => system.direct.patient.post<{ items?: object[] }>(path, bodies[index]);
  await timed(300, callers, (index) => send(times + index));
  const { results, durations } = await timed(times, callers, send);
  const odd = results.filter(({ status }) => !wanted.includes(status));
  expect(odd.map(({ body }) => body).slice(0, 3)).toEqual([]);
  const empty = results.filter(({ body }) => body.items?.length === 0).length;
  console.info(`${what} among ${people}, ${callers} callers: ${spread(durations)}; ${empty} found nobody`);
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
  await measure(`search by ${what}`, '/patients/search', () => bodyOf(chance.one(known)), [200]);
});

it('matches', async () => {
  await measure('match', '/patients/match', () => recordedAgain(chance, chance.one(known)), [200]);
});

it('registers, looking for duplicates', async () => {
  const bodyOf = () => {
    const [named, other] = [chance.one(known), chance.one(known)];
    return { ...named, birthDate: other.birthDate, telecom: [], identifier: [], address: other.address };
  };
  await measure('create', '/patients', bodyOf, [201, 409]);
});

it('uses indexes', async () => {
  // As the functions do that the service asks.
  const url = `${system.database.superuserUrl}?options=-c%20enable_seqscan%3Doff`;
  const plan = async (what: string, where: string): Promise<void> => {
    const rows = await query<{ 'QUERY PLAN': string }>(
      url,
      `explain (analyze, buffers, costs off) select * from patient.patient where ${where} limit 300`,
    );
    const text = rows.map((row) => row['QUERY PLAN']).join('\n');
    console.info(`${what}:\n${text}`);
    expect(text).toMatch(/Index/);
    expect(text).not.toMatch(/Seq Scan/);
  };
  const [person] = known;
  const json = (value: unknown) => `'${JSON.stringify(value ?? [])}'::jsonb`;
  const keys = [person?.telecom, person?.address, person?.identifier].map(json).join(', ');
  await plan(
    'match',
    `match_keys && patient.match_keys(${json(person?.name)}, '${person?.birthDate ?? ''}', ${keys})`,
  );
  const words = `patient.name_words(${json(person?.name)})`;
  await plan('search by name', `name_words && (${words})[1:1] and name_words && (${words})[2:2]`);
  await plan('search by birth date', `birth_date = '${person?.birthDate ?? ''}'`);
});
