import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { migrate, readMigrationConfig } from '#platform';
import { services } from '#catalogue';
import { definitionOf } from './definition.ts';

/** Roles belong to the whole cluster, so all databases of a run know them by one password. */
const rolePassword = 'test';

export interface TestDatabase {
  /** As the service itself connects; at another port, if something is in between. */
  urlOf(service: string, port?: number): string;
  /** As the superuser connects: for looking at what no service may see. */
  superuserUrl: string;
  /** What `migrate` reads beside DATABASE_URL. */
  ownerEnvironment: Record<string, string>;
  drop(): Promise<void>;
}

/** Where databases are made. */
export interface Cluster {
  readonly superuserUrl: string;
  readonly ownerUrl: string;
}

/** A database of its own, empty but owned as in the cloud. */
export async function createDatabase(cluster = clusterOfRun()): Promise<TestDatabase> {
  const superuser = new URL(cluster.superuserUrl);
  const owner = new URL(cluster.ownerUrl);
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asSuperuser(superuser.href, `create database ${name} owner ${owner.username}`);
  const url = (user: string, password: string, port: number | string = superuser.port) =>
    `postgres://${user}:${password}@${superuser.hostname}:${port}/${name}`;
  return {
    urlOf: (service, port) => url(service, rolePassword, port),
    superuserUrl: url(superuser.username, superuser.password),
    ownerEnvironment: { DATABASE_OWNER_USER: owner.username, DATABASE_OWNER_PASSWORD: owner.password },
    drop: () => asSuperuser(superuser.href, untilLeft(name), `drop database ${name} with (force)`),
  };
}

/** A database in which every service has run its migrations. */
export async function createMigratedDatabase(cluster = clusterOfRun()): Promise<TestDatabase> {
  const database = await createDatabase(cluster);
  for (const { name } of services) {
    const config = readMigrationConfig({ DATABASE_URL: database.urlOf(name), ...database.ownerEnvironment });
    const { queues } = await definitionOf(name);
    await migrate({ service: name, queues, ...config });
  }
  return database;
}

/**
 * Gives connections that were ended a second to be gone: a pool's end doesn't wait for that, and whoever is cut instead
 * says so to nobody who listens.
 */
function untilLeft(database: string): string {
  return `do $$ begin
    for moment in 1..100 loop
      perform pg_stat_clear_snapshot();
      exit when not exists (select from pg_stat_activity where datname = '${database}' and backend_type = 'client backend');
      perform pg_sleep(0.01);
    end loop;
  end $$`;
}

async function asSuperuser(url: string, ...statements: string[]): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

/** The cluster that all suites share. */
export function clusterOfRun(): Cluster {
  return { superuserUrl: environment('TEST_SUPERUSER_URL'), ownerUrl: environment('TEST_OWNER_URL') };
}

function environment(key: string): string {
  const value = process.env[key];
  if (value === undefined) throw new Error(`${key} is set by the global set-up of the tests`);
  return value;
}
