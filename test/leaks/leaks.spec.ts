import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { services } from '#catalogue';
import { Canaries } from './canary.ts';
import { inventory } from './inventory.ts';
import { placesOfWords } from './planted.ts';
import { conflicting, forbidden, malformed } from './refusals.ts';
import { leaksIn } from './scan.ts';
import { storedCanaries } from './stored.ts';
import { Story } from './story.ts';
import {
  deadLetters,
  deadlock,
  deaths,
  failingPrograms,
  noIssuer,
  refusedRows,
  slowStatements,
} from './troubles.ts';
import { startWatched, type WatchedClinic } from './watched-clinic.ts';

let clinic: WatchedClinic;
let story: Story;

beforeAll(async () => {
  clinic = await startWatched();
  story = new Story(clinic.desk, clinic.canaries, clinic.operations);
}, 120_000);
afterAll(() => clinic.stop());

/** What answers and the output of all processes have told so far, a line each. */
async function told(): Promise<string[]> {
  const output = Object.entries(await clinic.output()).flatMap(([who, text]) =>
    leaksIn(text).map(({ value, context }) => `${who} writes ${clinic.canaries.placeOf(value)}: ${context}`),
  );
  // One leak is mostly many.
  return [...new Set([...clinic.desk.faults, ...output])].slice(0, 20);
}

it('every operation succeeds with a value of its own in every field that can hold words', async () => {
  await story.tellsAll();
  for (const { name, isOpen } of clinic.operations)
    if (!isOpen)
      expect([name, [...(clinic.desk.statuses.get(name) ?? [])].some((status) => status < 300)]).toEqual([
        name,
        true,
      ]);
  const said = leaksIn(story.said.join('\n')).map(({ value }) => clinic.canaries.placeOf(value));
  const canaries = new Canaries();
  const places = clinic.operations.flatMap(({ name, body }) =>
    body ? placesOfWords(body, canaries, name) : [],
  );
  expect(places.length).toBeGreaterThan(60);
  expect(places.filter((place) => !said.includes(place))).toEqual([]);
  expect(await told()).toEqual([]);
}, 200_000);

it.each<[string, (clinic: WatchedClinic, story: Story) => Promise<void>]>([
  ['is malformed', malformed],
  ['is forbidden, or about nothing', forbidden],
  ['is in conflict with what is there', conflicting],
  ['is refused by the database', refusedRows],
  ['takes too long', slowStatements],
  ['ends in a deadlock', deadlock],
  ['is cut off', deaths],
  ['is a job that nobody can carry out', deadLetters],
  ['is a program that fails', failingPrograms],
  ['comes when nobody can say who sends it', noIssuer],
])(
  'nothing is told of what %s',
  async (_, trouble) => {
    await trouble(clinic, story);
    expect(await told()).toEqual([]);
  },
  200_000,
);

describe('afterwards', () => {
  it('there was something to be told of', async () => {
    const output = await clinic.output();
    for (const { name } of services) expect(output[name]).toContain('"status":201');
    for (const name of ['patient', 'appointment']) expect(output[name]).toContain('"level":"error"');
    expect(output.patient).toMatch(/"code":"(23514|P0001)"/);
    expect(output.patient).toContain('"code":"57014"');
    expect(output.patient).toContain('SQLSTATE P0001');
    expect(output.postgres).toContain('FATAL');
  });

  it('a database that logs as it does by itself would have told', async () => {
    const client = new pg.Client(clinic.system.database.superuserUrl);
    await client.connect();
    await client.query('set log_min_messages = warning');
    const cast = client.query('select $1::integer', [clinic.canaries.text('a cast')]);
    await expect(cast).rejects.toThrow('invalid input syntax');
    await client.end();
    const { postgres = '' } = await clinic.output();
    expect(leaksIn(postgres).map(({ value }) => clinic.canaries.placeOf(value))).toContain('a cast');
  });

  it('no job has held any of it', async () => {
    expect(await storedCanaries(clinic.system.database.superuserUrl, ['jobs'])).toEqual([]);
  });

  it('what is stored lies where the data inventory says', async () => {
    const listed = inventory();
    const stray = new Set<string>();
    const schemas = services.map(({ name }) => name);
    for (const { column, value } of await storedCanaries(clinic.system.database.superuserUrl, schemas)) {
      const [schema = '', table = '', name = ''] = column.split('.');
      if (listed.get(`${schema}.${table}`)?.includes(name) !== true)
        stray.add(`${column}: ${clinic.canaries.placeOf(value)}`);
    }
    expect([...stray]).toEqual([]);
  });

  it('no service knows what another was told', async () => {
    const stray: string[] = [];
    for (const { name } of services) {
      const others = services.filter((other) => other.name !== name).map(({ prefix }) => ` ${prefix}`);
      for (const { column, value } of await storedCanaries(clinic.system.database.superuserUrl, [name])) {
        const place = clinic.canaries.placeOf(value);
        if (others.some((prefix) => place.includes(prefix))) stray.push(`${column}: ${place}`);
      }
    }
    expect(stray).toEqual([]);
  });
});
