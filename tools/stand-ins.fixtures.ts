import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

/** What a program that is not ours answers to a call, which is its name and its arguments joined by blanks. */
export interface Answer {
  readonly to: RegExp;
  readonly says?: string;
  /** Its exit code; default: 0. */
  readonly exits?: number;
  /** Files that it leaves in the folder of its `--dir`, or else in the one it runs in, by name. */
  readonly leaves?: Readonly<Record<string, string>>;
}

/** Programs on the PATH in place of those that need an account; each call is noted. */
export interface StandIns {
  /** With the stand-ins before all else. */
  readonly path: string;
  /** The calls until now, each the program and its arguments. */
  calls(): Promise<string[][]>;
  close(): Promise<void>;
}

/** What a program refuses to work without, as the real one does. */
const needs: Readonly<Record<string, string>> = { gh: 'GH_TOKEN', pulumi: 'PULUMI_ACCESS_TOKEN' };

const program = `#!${process.execPath}
const { execFileSync } = require('node:child_process');
const { appendFileSync, mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const { basename, join } = require('node:path');

const call = [basename(__filename), ...process.argv.slice(2)];
appendFileSync(join(__dirname, 'calls'), JSON.stringify(call) + '\\n');
const { answers, needs } = JSON.parse(readFileSync(join(__dirname, 'answers.json'), 'utf8'));
const refuse = (why) => {
  console.error(call.join(' ') + ': ' + why);
  process.exit(97);
};
const needed = needs[call[0]];
if (needed !== undefined && !process.env[needed]) refuse(needed + ' is not set');
const answer = answers.find(({ to }) => new RegExp(to, 's').test(call.join(' ')));
if (answer === undefined) refuse('no answer was prepared');
const into = call.includes('--dir') ? call[call.indexOf('--dir') + 1] : '.';
for (const [file, content] of Object.entries(answer.leaves ?? {})) {
  mkdirSync(into, { recursive: true });
  writeFileSync(join(into, file), content);
}
// GitHub's command picks from what it was answered by an expression.
const jq = call[0] === 'gh' ? call.indexOf('--jq') : -1;
const says = answer.says ?? '';
process.stdout.write(jq < 0 ? says : execFileSync('jq', ['--raw-output', call[jq + 1]], { input: says }));
process.exitCode = answer.exits ?? 0;
`;

/** @param answers by program; a call that has none fails */
export async function standIns(answers: Readonly<Record<string, readonly Answer[]>>): Promise<StandIns> {
  const folder = await mkdtemp(join(tmpdir(), 'clinic-stand-ins-'));
  for (const name of Object.keys(answers)) {
    await writeFile(join(folder, name), program);
    await chmod(join(folder, name), 0o755);
  }
  const given = Object.values(answers)
    .flat()
    .map((answer) => ({ ...answer, to: answer.to.source }));
  await writeFile(join(folder, 'answers.json'), JSON.stringify({ answers: given, needs }));
  return {
    // Node itself is that of the tests.
    path: [folder, dirname(process.execPath), process.env.PATH ?? ''].join(delimiter),
    calls: async () => {
      const lines = await readFile(join(folder, 'calls'), 'utf8').catch(() => '');
      return lines
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as string[]);
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}
