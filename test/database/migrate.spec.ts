import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { services } from '#catalogue';
import { patientChangedQueue, patientsWantedQueue } from '#contracts';
import { migrate, readMigrationConfig } from '#platform';
import { count, obstruct } from '../faults/database.ts';
import { createDatabase, type TestDatabase } from '../harness/database.ts';
import { query } from '../harness/sql.ts';
import { until } from '../harness/until.ts';

let database: TestDatabase;

beforeEach(async () => {
  database = await createDatabase();
});
afterEach(() => database.drop());

function run(service: string, into = database): Promise<void> {
  const config = readMigrationConfig({ DATABASE_URL: into.urlOf(service), ...into.ownerEnvironment });
  return migrate({ service, queues: [patientChangedQueue, patientsWantedQueue], ...config });
}

interface Applied {
  name: string;
  checksum: string;
  applied_at: Date;
}

const applied = (service = 'patient') =>
  query<Applied>(database.superuserUrl, `select * from "${service}".migration order by name`);

/** Everything there is: tables, columns, constraints, indexes and grants, as text. */
async function shape(): Promise<string[]> {
  const rows = await query<{ line: string }>(
    database.superuserUrl,
    `select format('%s.%s.%s %s %s', table_schema, table_name, column_name, data_type, is_nullable) as line
       from information_schema.columns where table_schema not in ('pg_catalog', 'information_schema')
     union all select format('%s %s', conrelid::regclass, pg_get_constraintdef(oid)) from pg_constraint
     union all select indexdef from pg_indexes where schemaname not like 'pg_%'
     union all select format('%s.%s %s %s', table_schema, table_name, grantee, privilege_type)
       from information_schema.role_table_grants where table_schema not in ('pg_catalog', 'information_schema')
     order by 1`,
  );
  return rows.map(({ line }) => line);
}

describe('migrate', () => {
  it('changes nothing when it runs again', async () => {
    for (const { name } of services) await run(name);
    const before = { shape: await shape(), applied: await applied() };
    for (const { name } of services) await run(name);
    expect({ shape: await shape(), applied: await applied() }).toEqual(before);
  });

  it('may run from several places at once, in databases that share their roles too', async () => {
    const second = await createDatabase();
    try {
      const runs = [database, second].flatMap((into) =>
        services.flatMap(({ name }) => [run(name, into), run(name, into)]),
      );
      await expect(Promise.all(runs)).resolves.toHaveLength(runs.length);
    } finally {
      await second.drop();
    }
    for (const { name } of services) {
      const names = (await applied(name)).map((migration) => migration.name);
      expect(names).not.toEqual([]);
      expect(new Set(names).size).toBe(names.length);
    }
  });

  it('of an older version leaves the migrations of a newer one alone', async () => {
    await run('patient');
    await query(
      database.superuserUrl,
      `alter table patient.patient add column newer text;
       insert into patient.migration (name, checksum) values ('9999_newer.sql', 'unknown')`,
    );
    const before = await shape();
    await run('patient');
    expect(await shape()).toEqual(before);
    expect((await applied()).at(-1)?.name).toBe('9999_newer.sql');
  });

  it('refuses a migration that was changed after it had been applied, and names it', async () => {
    await run('patient');
    await query(database.superuserUrl, `update patient.migration set checksum = 'other'`);
    const before = await shape();
    await expect(run('patient')).rejects.toThrow(/patient\/0001_\w+\.sql was changed/);
    expect(await shape()).toEqual(before);
  });

  describe('builds an index', () => {
    const index = 'appointment_by_status';
    const turn = 7_421_001;
    const waits = `locktype = 'advisory' and not granted and objid = ${turn}
      and database = (select oid from pg_database where datname = current_database())`;
    const write = 'lock table appointment.appointment in row exclusive mode';

    beforeEach(async () => {
      await run('appointment');
      await query(
        database.superuserUrl,
        `drop index appointment.${index};
         delete from appointment.migration where name like '%${index}%'`,
      );
    });

    /** Whether it is of use; undefined while there is none. */
    async function isValid(): Promise<boolean | undefined> {
      const rows = await query<{ indisvalid: boolean }>(
        database.superuserUrl,
        `select indisvalid from pg_index where indexrelid = to_regclass('appointment.${index}')`,
      );
      return rows[0]?.indisvalid;
    }

    const isApplied = async () => (await applied('appointment')).some(({ name }) => name.includes(index));
    const isBegun = () => until('the index is begun', async () => (await isValid()) === false);

    it('while others write, and others wait for their turn', async () => {
      const writer = await obstruct(database, write);
      const runs = Promise.all([run('appointment'), run('appointment'), run('patient')]);
      await isBegun();
      await query(database.superuserUrl, `begin; set local lock_timeout = 100; ${write}; commit`);
      await writer.release();
      await runs;
      expect(await isValid()).toBe(true);
    });

    it('from its beginning when it was cut off', async () => {
      const writer = await obstruct(database, write);
      const cutOff = expect(run('appointment')).rejects.toThrow(`${index}.index.sql failed`);
      await isBegun();
      await query(
        database.superuserUrl,
        `select pg_terminate_backend(pid) from pg_stat_activity
           where datname = current_database() and application_name = 'appointment-migrate'`,
      );
      await cutOff;
      await writer.release();
      expect(await isValid()).toBe(false);
      await run('appointment');
      expect(await isValid()).toBe(true);
      expect(await isApplied()).toBe(true);
    });

    it('once, when nobody was there to write down that it is', async () => {
      await query(
        database.superuserUrl,
        `create index ${index} on appointment.appointment (status, start_at, id)`,
      );
      const found = `select 'appointment.${index}'::regclass::oid as index`;
      const before = await query(database.superuserUrl, found);
      await run('appointment');
      expect(await query(database.superuserUrl, found)).toEqual(before);
      expect(await isApplied()).toBe(true);
    });

    it('after an earlier version, which waits for its turn in a statement', async () => {
      const writer = await obstruct(database, write);
      const running = run('appointment');
      await isBegun();
      const earlier = obstruct(database, `select pg_advisory_xact_lock(${turn})`);
      await until(
        'it waits for its turn',
        async () => (await count(database, `pg_locks where ${waits}`)) > 0,
      );
      await writer.release();
      const first = await earlier;
      expect(await isValid()).toBe(false);
      await first.release();
      await running;
      expect(await isValid()).toBe(true);
    });

    it('by one statement, in the schema of the service, of which the file has the name', () => {
      const apps = join(import.meta.dirname, '..', '..', 'apps');
      const files = globSync('*/migrations/*.index.sql', { cwd: apps });
      expect(files.length).toBeGreaterThan(0);
      for (const file of files) {
        const [, service = '', name = ''] = /^(\w+).migrations.\d+_(\w+)\.index\.sql$/.exec(file) ?? [];
        const statement = `create index concurrently if not exists ${name} on ${service}\\.\\w+ [^;]+`;
        expect(readFileSync(join(apps, file), 'utf8')).toMatch(new RegExp(`^${statement}$`));
      }
    });
  });

  it('leaves nothing of a migration that fails, and names it', async () => {
    await query(database.superuserUrl, 'create schema patient; create sequence patient.mrn_serial');
    const owner = database.ownerEnvironment.DATABASE_OWNER_USER ?? '';
    await query(database.superuserUrl, `alter schema patient owner to ${owner}`);
    await expect(run('patient')).rejects.toThrow(/patient\/0001_\w+\.sql failed/);
    expect(await applied()).toEqual([]);
    const tables = await query<{ name: string }>(
      database.superuserUrl,
      `select tablename as name from pg_tables where schemaname = 'patient' and tablename not like 'access_log%' order by 1`,
    );
    expect(tables.map(({ name }) => name)).toEqual(['idempotency', 'migration']);
  });
});
