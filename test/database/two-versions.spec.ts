import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { services } from '#catalogue';
import { createMigratedDatabase, type TestDatabase } from '../harness/database.ts';
import { brokenBetween, foundIn, givenUpBy } from './needs.ts';

// While a deployment runs, and after a roll back, the version from before a migration works in the schema from after it.

const root = join(import.meta.dirname, '..', '..');
let database: TestDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await createMigratedDatabase();
  client = new pg.Client(database.superuserUrl);
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

describe.each(services.map(({ name }) => name))('the migrations of the %s service', (service) => {
  const folder = join(root, 'apps', service, 'migrations');
  const names = readdirSync(folder).filter((name) => name.endsWith('.sql'));

  beforeAll(async () => {
    const owner = client.escapeIdentifier(database.ownerEnvironment.DATABASE_OWNER_USER ?? '');
    await client.query(`
      drop schema "${service}" cascade; create schema "${service}" authorization ${owner};
      grant usage on schema "${service}" to "${service}"; set search_path to "${service}", public`);
  });

  it.each(names.sort())(
    'leave the version from before %s all that it relies on, and ask no more of it',
    async (name) => {
      const before = await foundIn(client, service);
      const sql = readFileSync(join(folder, name), 'utf8');
      await client.query(sql);
      expect(brokenBetween(before, await foundIn(client, service), givenUpBy(sql))).toEqual([]);
    },
  );
});

describe('a migration that the version from before it could not work with is found out: one that', () => {
  const schema = 'appointment';

  beforeAll(() => client.query(`set search_path to ${schema}, public`));

  it.each([
    ['drops a table', 'drop table waitlist_passed', 'misses the relation waitlist_passed'],
    ['drops a column', 'alter table hold drop minutes', 'misses the column hold.minutes as integer'],
    ['renames a column', 'alter table room rename name to label', 'misses the column room.name as text'],
    [
      'changes a type',
      'alter table hold alter minutes type bigint',
      'misses the column hold.minutes as integer',
    ],
    [
      'lets a value be missing',
      'alter table hold alter minutes drop not null',
      'misses a value in hold.minutes',
    ],
    ['takes a right', 'revoke delete on hold from appointment', 'misses the right to delete hold'],
    [
      'drops a key',
      'alter table claim drop constraint claim_pkey',
      'misses the key CREATE UNIQUE ON appointment.claim USING btree (owner_id, resource_kind)',
    ],
    [
      'adds a column to be filled',
      'alter table room add floor int not null',
      'is asked for a value for room.floor',
    ],
    [
      'lets a value be missing no more',
      'alter table appointment alter reason set not null',
      'is asked for a value for appointment.reason',
    ],
    [
      'adds a check',
      'alter table room add check (length(name) < 50)',
      'is asked for of room: CHECK ((length(name) < 50))',
    ],
    [
      'adds a reference',
      'alter table freed_time add foreign key (room_id) references room',
      'is asked for of freed_time: FOREIGN KEY (room_id) REFERENCES room(id)',
    ],
    [
      'makes something unique',
      'create unique index on room (name)',
      'is asked for CREATE UNIQUE ON appointment.room USING btree (name)',
    ],
  ])('%s', async (_, change, broken) => {
    expect(await brokenBy(change)).toContain(broken);
  });

  it('gives up nothing else than it says, once nobody relies on that', async () => {
    const change = `
      -- gives up room.active, waitlist_passed
      alter table room drop active, drop name;
      drop table waitlist_passed`;
    const broken = await brokenBy(change);
    expect(broken).toContain('misses the column room.name as text');
    expect(broken.filter((line) => !line.includes('room.name'))).toEqual([]);
  });

  it('gives up a table without what is of others and only mentions it', async () => {
    const change = `
      -- gives up room
      alter table room drop active;
      alter table freed_time add foreign key (room_id) references room`;
    expect(await brokenBy(change)).toEqual([
      'is asked for of freed_time: FOREIGN KEY (room_id) REFERENCES room(id)',
    ]);
  });

  it('is not one that only adds what nobody has to know', async () => {
    const change = `
      alter table room add floor int check (floor > 0), add colour text not null default 'white';
      create table room_note (id uuid primary key, room_id uuid not null references room);
      create index on room (name)`;
    expect(await brokenBy(change)).toEqual([]);
  });

  async function brokenBy(change: string): Promise<string[]> {
    const before = await foundIn(client, schema);
    await client.query(`begin; set local search_path to ${schema}`);
    try {
      await client.query(change);
      return brokenBetween(before, await foundIn(client, schema), givenUpBy(change));
    } finally {
      await client.query('rollback');
    }
  }
});
