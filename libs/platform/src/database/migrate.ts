import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PgBoss } from 'pg-boss';
import pg from 'pg';
import { deadLetterQueueOf } from '#contracts';
import { ensureAccessLog } from '../audit/access-log.schema.ts';
import { ConfigError } from '../config/config.error.ts';
import type { DatabaseConfig } from '../config/database.config.ts';
import { jobsSchema } from '../events/queue.ts';
import { connectionOptions } from './connect.ts';
import { ensureRole } from './role.ts';
import { packageRoot } from './package-root.ts';
import { changeTables, isThere } from './patience.ts';
import { giveTurn, takeTurn } from './turn.ts';

/** Tries to build an index, where it and somebody else wait for each other. */
const buildTries = 10;

/**
 * A job waits a year for its consumer, is tried again for as long, and is forgotten an hour after it is done. Its consumer
 * settles it within the database's own time-outs or has died.
 */
const queueOptions = {
  retentionSeconds: 365 * 24 * 3600,
  deleteAfterSeconds: 3600,
  retryLimit: 10_000,
  retryBackoff: true,
  retryDelayMax: 60,
  expireInSeconds: 30,
};

/** What can't be carried out waits a year for somebody to look at it. */
const deadLetterOptions = { retentionSeconds: 365 * 24 * 3600 };

export interface MigrationPlan {
  /** The service's name: its schema, its login role and the folder `apps/<name>/migrations`. */
  service: string;
  queues: readonly string[];
  role: DatabaseConfig;
  owner: DatabaseConfig;
}

/**
 * Brings a service's role, schema and tables and the shared job queue up to date, as the owner of the database. It may
 * run at any time, repeatedly and from several places at once. Migrations already there that this version does not
 * know are left alone: a newer version has run.
 */
export async function migrate({ service, queues, role, owner }: MigrationPlan): Promise<void> {
  // The migrations grant to it by this name.
  if (role.user !== service) throw new ConfigError(`DATABASE_URL: the role of this service is ${service}`);
  const client = new pg.Client(connectionOptions(owner, `${service}-migrate`));
  // A connection that is lost fails the next statement.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await takeTurn(client);
    await ensureRole(client, role);
    await ensureSchema(client, service, role.user);
    await ensureAccessLog(client, service, role.user);
    await migrateQueue(client, queues, role.user);
    for (const migration of await migrationsOf(service)) await apply(client, service, migration);
  } finally {
    await client.end();
  }
}

async function ensureSchema(client: pg.Client, schema: string, role: string): Promise<void> {
  const name = client.escapeIdentifier(schema);
  await client.query(`
    create schema if not exists ${name};
    grant usage on schema ${name} to ${client.escapeIdentifier(role)};
    create table if not exists ${name}.migration (
      name text primary key,
      checksum text not null,
      applied_at timestamptz not null default now()
    );
    create table if not exists ${name}.idempotency (
      caller text not null,
      key text not null,
      fingerprint text not null,
      status integer,
      body json,
      location text,
      created_at timestamptz not null default now(),
      primary key (caller, key)
    );
    grant select, insert, update, delete on ${name}.idempotency to ${client.escapeIdentifier(role)};
    grant select on ${name}.migration to ${client.escapeIdentifier(role)}`);
  const index = 'idempotency_created_at';
  if (!(await isThere(client, `${name}.${index}`)))
    await changeTables(client, () =>
      client.query(`create index ${index} on ${name}.idempotency (created_at)`),
    );
}

/** pg-boss' own tables and the named queues: DDL, so the services themselves never make them. */
async function migrateQueue(client: pg.Client, queues: readonly string[], role: string): Promise<void> {
  const boss = new PgBoss({
    db: { executeSql: (text, values) => client.query(text, values) },
    schema: jobsSchema,
    supervise: false,
    schedule: false,
  });
  await boss.start();
  for (const queue of queues) {
    const deadLetter = deadLetterQueueOf(queue);
    await boss.createQueue(deadLetter, deadLetterOptions);
    await boss.createQueue(queue, { ...queueOptions, deadLetter });
    // One that an earlier version made goes by today's options too.
    await boss.updateQueue(queue, { ...queueOptions, deadLetter });
  }
  await boss.stop({ graceful: false, close: false });
  const user = client.escapeIdentifier(role);
  await client.query(`
    grant usage on schema ${jobsSchema} to ${user};
    grant select, insert, update, delete on all tables in schema ${jobsSchema} to ${user};
    grant usage on all sequences in schema ${jobsSchema} to ${user}`);
}

interface Migration {
  name: string;
  sql: string;
  checksum: string;
}

async function migrationsOf(service: string): Promise<Migration[]> {
  const folder = join(packageRoot(), 'apps', service, 'migrations');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(join(folder, name), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

/**
 * Each migration is one transaction; unqualified names in it are those of the service's schema. But no lock is held for as
 * long as many rows take: what a `.call.sql` calls commits as it goes, and an `.index.sql` builds the index that it is named
 * after while others write. What was cut off is begun again.
 */
async function apply(
  client: pg.Client,
  schema: string,
  migration: Migration,
  tries = buildTries,
): Promise<void> {
  const { name, sql, checksum } = migration;
  const schemaName = client.escapeIdentifier(schema);
  const { rows } = await client.query<{ checksum: string }>(
    `select checksum from ${schemaName}.migration where name = $1`,
    [name],
  );
  if (rows[0]?.checksum === checksum) return;
  if (rows[0])
    throw new Error(
      `migration ${schema}/${name} was changed after it had been applied; add a new one instead`,
    );
  const [, index] = /^\d+_(\w+)\.index\.sql$/.exec(name) ?? [];
  const isOutsideTransaction = index !== undefined || name.endsWith('.call.sql');
  try {
    if (index) await dropUnfinished(client, `${schemaName}.${index}`);
    if (isOutsideTransaction) await client.query(sql);
    await changeTables(client, async () => {
      await client.query(`set local search_path to ${schemaName}, public`);
      if (!isOutsideTransaction) await client.query(sql);
      await client.query(`insert into ${schemaName}.migration (name, checksum) values ($1, $2)`, [
        name,
        checksum,
      ]);
    });
  } catch (error) {
    const isDeadlock = error instanceof pg.DatabaseError && error.code === '40P01';
    if (!index || !isDeadlock || tries <= 1)
      throw new Error(`migration ${schema}/${name} failed`, { cause: error });
    await giveTurn(client);
    await apply(client, schema, migration, tries - 1);
  }
}

/** What is left of an index whose building was cut off costs whoever writes, and is of use to nobody. */
async function dropUnfinished(client: pg.Client, index: string): Promise<void> {
  const { rows } = await client.query(
    'select from pg_index where indexrelid = to_regclass($1) and not indisvalid',
    [index],
  );
  if (rows.length > 0) await client.query(`drop index concurrently ${index}`);
}
