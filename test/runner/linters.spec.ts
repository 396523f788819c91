import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { globSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pythonPrograms, run } from '../python/environment.ts';

/** What is wrong with the workflows of a folder: the rule that one breaks, where, and what to change. */
type Linter = (folder: string) => Promise<string[]>;

const root = join(import.meta.dirname, '..', '..');
let programs: string;
let directory: string;

beforeAll(async () => {
  programs = await pythonPrograms(join(import.meta.dirname, 'requirements.txt'));
  directory = await mkdtemp(join(tmpdir(), 'clinic-linters-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** What a program prints as JSON. @throws with its output when that is none */
async function answered<Answer>(folder: string, program: string, ...args: string[]): Promise<Answer> {
  const options = { cwd: folder, environment: { NO_COLOR: '1' }, streams: ['stdout'] } as const;
  const { output } = await run(join(programs, program), args, options);
  try {
    return JSON.parse(output) as Answer;
  } catch (error) {
    throw new Error(`${program}: ${output}`, { cause: error });
  }
}

const linters: Readonly<Record<'jactionlint' | 'zizmor', Linter>> = {
  /** actionlint's successor: form, expressions, and by shellcheck the scripts. */
  async jactionlint(folder) {
    const files = globSync('.github/workflows/*.yml', { cwd: folder });
    const shellcheck = `--shellcheck=${join(programs, 'shellcheck')}`;
    const args = ['--no-online', shellcheck, '--format', 'json', ...files];
    const faults = await answered<{ filepath: string; line: number; id: string; message: string }[]>(
      folder,
      'jactionlint',
      ...args,
    );
    return faults.map(({ filepath, line, id, message }) => `${filepath}:${line} ${id}: ${message}`);
  },
  /** What somebody from outside could make of them. */
  async zizmor(folder) {
    const args = ['--offline', '--no-progress', '--format', 'json-v1', '.github/workflows'];
    const faults = await answered<{ ident: string; desc: string; locations: object[] }[]>(
      folder,
      'zizmor',
      ...args,
    );
    return faults.map(({ ident, desc, locations }) => `${ident}: ${desc} ${JSON.stringify(locations)}`);
  },
};

const names = Object.keys(linters) as (keyof typeof linters)[];

it.each(names)('%s has nothing to say of our workflows', async (name) => {
  expect(await linters[name](root)).toEqual([]);
});

describe('a fault in a workflow is found', () => {
  const check = /run: npm run check/;
  const both = ['jactionlint', 'zizmor'] as const;

  it.each<
    [
      title: string,
      rule: string,
      by: readonly (keyof typeof linters)[],
      from: RegExp,
      to: string,
      file?: string,
    ]
  >([
    [
      'a title that becomes part of a script',
      'template-injection',
      both,
      check,
      'run: echo "${{ github.event.pull_request.title }}"',
    ],
    [
      'an action that is not pinned',
      'unpinned-uses',
      both,
      /uses: actions\/checkout@\S+ # \S+/,
      'uses: actions/checkout@v7',
    ],
    ['credentials that stay behind', 'artipacked', both, /\n {8}with:\n {10}persist-credentials: false/, ''],
    [
      'a token that may do everything',
      'excessive-permissions',
      ['zizmor'],
      /permissions:\n {6}contents: read/,
      'permissions: write-all',
    ],
    [
      'a trigger that gives a fork secrets',
      'dangerous-triggers',
      ['zizmor'],
      /pull_request:/,
      'pull_request_target:',
    ],
    [
      'a value that does not exist',
      'undefined-property',
      ['jactionlint'],
      /matrix\.command/,
      'matrix.comand',
    ],
    ['a word that falls apart', 'SC2086', ['jactionlint'], check, 'run: rm $HOME'],
    [
      'a failure that a pipe hides',
      'pipeline-without-pipefail',
      ['jactionlint'],
      /defaults:\n {2}run:\n {4}shell: bash\n/,
      '',
      'stack.yml',
    ],
  ])('%s: %s', async (_, rule, by, from, to, file = 'ci.yml') => {
    const folder = await mkdtemp(join(directory, 'planted-'));
    await mkdir(join(folder, '.github', 'workflows'), { recursive: true });
    const right = await readFile(join(root, '.github', 'workflows', file), 'utf8');
    expect(right).toMatch(from);
    await writeFile(
      join(folder, '.github', 'workflows', file),
      right.replace(from, () => to),
    );
    for (const name of by) expect(await linters[name](folder)).toContainEqual(expect.stringContaining(rule));
  });
});
