import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { patientChangedQueue, patientsWantedQueue } from '#contracts';
import { migrate, readMigrationConfig } from '#platform';
import { count, obstruct, waitingForLocks } from '../faults/database.ts';
import { createDatabase, type TestDatabase } from '../harness/database.ts';
import { query } from '../harness/sql.ts';
import { until } from '../harness/until.ts';

const people = 3_500;
const folder = join(import.meta.dirname, '..', '..', 'apps', 'patient', 'migrations');

let database: TestDatabase;

beforeEach(async () => {
  database = await createDatabase();
});
afterEach(() => database.drop());

function run(): Promise<void> {
  const config = readMigrationConfig({
    DATABASE_URL: database.urlOf('patient'),
    ...database.ownerEnvironment,
  });
  return migrate({ service: 'patient', queues: [patientChangedQueue, patientsWantedQueue], ...config });
}

/** A register as it was after a migration, by default before anybody could be searched for, with people in it. */
async function oldRegister(last = '0001_patient.sql'): Promise<void> {
  const { superuserUrl, ownerEnvironment } = database;
  await run();
  expect(await query(superuserUrl, `select name from patient.migration where name > '${last}'`)).not.toEqual(
    [],
  );
  await query(
    superuserUrl,
    `do $$
     declare one record;
     begin
       for one in select tablename from pg_tables where schemaname = 'patient' and tablename <> all ('{migration,idempotency}') and tablename not like 'access_log%' loop
         execute format('drop table patient.%I cascade', one.tablename);
       end loop;
       for one in select oid::regprocedure as name, prokind from pg_proc where pronamespace = 'patient'::regnamespace loop
         execute format('drop routine if exists %s cascade', one.name);
       end loop;
       for one in select relname from pg_class where relnamespace = 'patient'::regnamespace and relkind = 'c' loop
         execute format('drop type patient.%I', one.relname);
       end loop;
     end $$;
     drop sequence patient.mrn_serial;
     delete from patient.migration where name > '${last}'`,
  );
  const asOwner = `set role ${ownerEnvironment.DATABASE_OWNER_USER ?? ''}; set search_path to patient, public;`;
  // Without calls, as there is nobody yet, and without indexes, whose statement stands alone.
  for (const name of readdirSync(folder).sort())
    if (name <= last && !/\.(call|index)\.sql$/.test(name))
      await query(superuserUrl, asOwner + readFileSync(join(folder, name), 'utf8'));
  await query(
    superuserUrl,
    `insert into patient.patient (id, mrn, active, name, birth_date, gender, telecom, address, identifier, communication,
       version, created_at, updated_at)
     select gen_random_uuid(), n::text, true, jsonb_build_array(jsonb_build_object('family', 'Old' || n % 700, 'given', '["Ada"]'::jsonb)),
       date '1950-01-01' + n, 'female', '[]', '[]', '[]', '[]', 1, now(), now() from generate_series(1, ${people}) as n`,
  );
}

const registration = `
  insert into patient.patient (id, mrn, active, name, birth_date, gender, telecom, address, identifier, communication, version,
    created_at, updated_at)
  values (gen_random_uuid(), 'slow', true, '[{"family": "Slow", "given": ["Ada"]}]', '1960-01-01', 'female', '[]', '[]', '[]', '[]',
    1, now(), now())`;

/** What people are found by as the records say, by the table that has it. */
const derived: Readonly<Record<string, string>> = {
  patient_name_pair:
    'select word, other, id, text from named cross join unnest(words) as word cross join unnest(words) as other',
  patient_key: `select key, id from patient.patient
    cross join unnest(patient.match_keys(name, birth_date, telecom, address, identifier)) as key`,
};

/** Rows that a table lacks, and rows that it should not have. */
async function untrue(): Promise<unknown[]> {
  const found = Object.entries(derived).map(([table, rows]) =>
    query(
      database.superuserUrl,
      `with named as (
         select id, words, ' ' || array_to_string(words, ' ') || ' ' as text
         from patient.patient cross join patient.name_words(name) as words
       ), rows as (${rows})
       (table rows except table patient.${table}) union all (table patient.${table} except table rows)`,
    ),
  );
  return (await Promise.all(found)).flat();
}

describe('the migrations by which patients can be found', () => {
  it('find those who were there before, and those who are changed or come meanwhile, whom nobody keeps waiting', async () => {
    await oldRegister();
    const client = new pg.Client(`${database.superuserUrl}?options=-c%20lock_timeout%3D2000`);
    await client.connect();
    const migration = { isUnderWay: true };
    const migrating = run().finally(() => (migration.isUnderWay = false));
    let changes = 0;
    for (; migration.isUnderWay; changes += 1) {
      const name = JSON.stringify([{ family: `New${changes % 50}`, given: ['Bea'] }]);
      await client.query(
        `update patient.patient set name = $1 where id = (select id from patient.patient order by random() limit 1)`,
        [name],
      );
    }
    await client.end();
    await migrating;
    expect(changes).toBeGreaterThan(20);
    expect(await untrue()).toEqual([]);
    const [row] = await query(
      database.superuserUrl,
      'select count(distinct patient_id)::int from patient.patient_name_pair',
    );
    expect(row).toEqual({ count: people });
  }, 60_000);

  it('wait for who is being registered by what was there before', async () => {
    await oldRegister('0006_make_pairs.call.sql');
    const client = new pg.Client(database.superuserUrl);
    await client.connect();
    await client.query('begin');
    await client.query(registration);
    const migrating = run();
    await Promise.race([migrating, sleep(1_000)]);
    await client.query('commit');
    await client.end();
    await migrating;
    expect(await untrue()).toEqual([]);
  }, 60_000);

  it('drop what is kept up no more when nobody registers by the functions as they were', async () => {
    await oldRegister('0009_search.sql');
    // By then it has come into a trigger and has written nothing there.
    const obstacle = await obstruct(database, 'lock table patient.name_word in access exclusive mode');
    const registering = query(database.urlOf('patient'), registration);
    await waitingForLocks(database, 'patient', 1);
    const migrating = run();
    const keeping = `pg_locks where relation = 'patient.patient'::regclass and not granted`;
    await Promise.race([
      migrating,
      until('the migration waits for who registers', async () => (await count(database, keeping)) > 0),
    ]);
    await obstacle.release();
    await Promise.all([registering, migrating]);
    expect(await untrue()).toEqual([]);
  }, 60_000);

  it('keep nobody from registering while somebody reads what is to be dropped', async () => {
    await oldRegister('0009_search.sql');
    const reader = await obstruct(database, 'select from patient.patient_word');
    const migrating = run();
    const dropping = `pg_locks where relation = 'patient.patient_word'::regclass and not granted`;
    await until('the migration waits for the reader', async () => (await count(database, dropping)) > 0);
    await query(`${database.superuserUrl}?options=-c%20lock_timeout%3D100`, registration);
    await reader.release();
    await migrating;
    expect(await untrue()).toEqual([]);
  }, 60_000);

  it('may be cut off and run again', async () => {
    await oldRegister();
    await run();
    await query(
      database.superuserUrl,
      `delete from patient.patient_key where patient_id > '80000000-0000-0000-0000-000000000000';
       delete from patient.patient_name_pair where patient_id > '80000000-0000-0000-0000-000000000000';
       delete from patient.migration where name like '%.call.sql'`,
    );
    expect(await untrue()).not.toEqual([]);
    await run();
    expect(await untrue()).toEqual([]);
  }, 60_000);
});
