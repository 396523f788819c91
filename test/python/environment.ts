import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '..', '..');

/**
 * The folder of the programs of a Python environment that holds exactly what a requirements.txt pins. It is made once
 * and kept, out of the way, until that file changes.
 * @throws Error that says what is missing
 */
export async function pythonPrograms(requirements: string): Promise<string> {
  const digest = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex')
    .slice(0, 12);
  const environment = join(root, 'node_modules', '.cache', `python-${digest}`);
  const programs = join(environment, process.platform === 'win32' ? 'Scripts' : 'bin');
  const complete = join(environment, 'complete');
  if (existsSync(complete)) return programs;
  await rm(environment, { recursive: true, force: true });
  await mkdir(environment, { recursive: true });
  await required('python3', ['-m', 'venv', environment]);
  const install = ['install', '--quiet', '--no-deps', '--require-hashes', '--requirement', requirements];
  await required(join(programs, 'python'), ['-m', 'pip', ...install]);
  await writeFile(complete, '');
  return programs;
}

async function required(program: string, args: readonly string[]): Promise<void> {
  try {
    await promisify(execFile)(program, args);
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(
      `Python 3.11 or newer with its module venv is needed for these tests: \`${program} ${args.slice(0, 3).join(' ')}\` failed.\n${stdout}${stderr || String(error)}`,
    );
  }
}

export interface Outcome {
  exitCode: number | null;
  output: string;
}

export interface RunOptions {
  readonly cwd: string;
  readonly environment: NodeJS.ProcessEnv;
  /** What makes its output; default: both. */
  readonly streams?: readonly ('stdout' | 'stderr')[];
}

/** Runs a program to its end, whatever that is. */
export function run(
  program: string,
  args: readonly string[],
  { cwd, environment, streams = ['stdout', 'stderr'] }: RunOptions,
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        if (streams.includes(stream)) output += text;
      });
    child.on('error', reject);
    child.on('close', (exitCode) => {
      resolve({ exitCode, output });
    });
  });
}
