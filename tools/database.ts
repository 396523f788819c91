import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { Client } from 'pg';
import { services } from '#catalogue';
import { startPostgres } from './postgres.ts';
import { freePort, keepRunning } from './processes.ts';
import type { Secrets } from './secrets.ts';
import { Fault, readable, type Terminal } from './terminal.ts';

export interface Database {
  /** Without anybody's name and password. */
  readonly url: string;
  readonly ownerUrl: string;
  /** Where it is noted that the demonstration has been loaded into this database. */
  readonly demoMarker: string;
  readonly stop?: () => Promise<void>;
}

/** The project's own database, kept under `.data`. */
export async function openOwn(data: string, passwords: Secrets, terminal: Terminal): Promise<Database> {
  // The same port from one day to the next, for an engineer's own tools, and another one for each checkout.
  const port = await freePort(15_000 + (createHash('sha256').update(data).digest().readUInt16BE() % 10_000));
  const directory = join(data, 'postgres');
  const options = { directory, persistent: true, port, log: join(data, 'logs', 'postgres.log'), passwords };
  let ownerUrl = '';
  const start = async () => {
    const server = await startPostgres(options);
    ({ ownerUrl } = server);
    return server;
  };
  const { stop } = await keepRunning(start, terminal.voice('postgres'));
  return { url: anonymous(ownerUrl), ownerUrl, demoMarker: join(directory, 'demo.loaded'), stop };
}

/** The database that DATABASE_URL names; it is there already and stays. */
export async function openExisting(data: string, ownerUrl: string): Promise<Database> {
  const parsed = URL.parse(ownerUrl);
  if (!parsed || !/^postgres(ql)?:$/.test(parsed.protocol) || !parsed.username || parsed.pathname.length < 2)
    throw new Fault('DATABASE_URL must be postgres://role:password@host:port/database');
  await asOwner(ownerUrl, 'SELECT 1');
  const url = anonymous(ownerUrl);
  return { url, ownerUrl, demoMarker: join(data, `demo-${url.replaceAll(/\W+/g, '-')}.loaded`) };
}

/** Drops all that the services keep in the database, and nothing else. */
export async function dropSchemas({ ownerUrl }: Database): Promise<string> {
  const schemas = [...services.map(({ name }) => `"${name}"`), 'jobs'].join(', ');
  await asOwner(ownerUrl, `DROP SCHEMA IF EXISTS ${schemas} CASCADE`);
  return `dropped the schemas ${schemas.replaceAll('"', '')}`;
}

async function asOwner(connectionString: string, statement: string): Promise<void> {
  const client = new Client({ connectionString, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(statement);
  } catch (error) {
    throw new Fault(`DATABASE_URL: ${readable(error)}`);
  } finally {
    await client.end().catch(() => undefined);
  }
}

function anonymous(ownerUrl: string): string {
  const { host, pathname } = new URL(ownerUrl);
  return `postgres://${host}${pathname}`;
}

/** The same database as another role. */
export function asRole(ownerUrl: string, role: string, password: string): string {
  return Object.assign(new URL(ownerUrl), { username: role, password }).href;
}
