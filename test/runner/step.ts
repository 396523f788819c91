import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { standIns, type Answer } from '../../tools/stand-ins.fixtures.ts';
import {
  root,
  workflows,
  type Job,
  type Step,
  type Variables,
  type Workflow,
} from '../workflows/workflow.ts';

/** A step that runs a script, as it is written. */
interface ScriptStep {
  /** `JOB: NAME`; without a name, its id or its script's first line. */
  readonly key: string;
  readonly script: string;
  readonly shell: string | undefined;
  /** Expressions are not resolved yet. */
  readonly variables: Variables;
}

/** The steps of a workflow that run scripts. */
export interface Steps {
  /** @returns what runs the step of a key in a checkout of its own, and answers with the files that are asked for */
  readonly step: (key: string) => (given: Given, ...files: string[]) => Promise<Outcome>;
  /** Those that no test has asked for, by key. */
  readonly left: () => string[];
}

/** @throws RangeError when two steps have one key */
export function stepsOf(file: string): Steps {
  const { workflow } = workflows.find((one) => one.file === file) ?? {};
  const found = Object.entries(workflow?.jobs ?? {}).flatMap(([name, job]) =>
    (job.steps ?? []).flatMap((step) => scriptStep(name, workflow, job, step)),
  );
  const left = new Set(found.map(({ key }) => key));
  if (left.size < found.length) throw new RangeError(`${file} has two steps of one name in one job`);
  return {
    step: (key) => {
      const wanted = found.find((one) => one.key === key);
      if (!wanted) throw new RangeError(`${file} has no step ${key}`);
      left.delete(key);
      return (given, ...files) => runStep(wanted, given, ...files);
    },
    left: () => [...left],
  };
}

function scriptStep(place: string, workflow: Workflow | undefined, job: Job, step: Step): ScriptStep[] {
  if (step.run === undefined) return [];
  const [firstLine = ''] = step.run.split('\n');
  return [
    {
      key: `${place}: ${step.name ?? step.id ?? firstLine}`,
      script: step.run,
      shell: step.shell ?? job.defaults?.run?.shell ?? workflow?.defaults?.run?.shell,
      variables: { ...workflow?.env, ...job.env, ...step.env },
    },
  ];
}

/** What a step finds. */
export interface Given {
  /** What GitHub puts in place of expressions, by what stands in the braces. */
  readonly values?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  readonly answers?: Readonly<Record<string, readonly Answer[]>>;
  readonly environment?: Readonly<Record<string, string>>;
}

export interface Outcome {
  readonly code: number;
  readonly said: string;
  /** The calls of programs that are not ours. */
  readonly calls: readonly string[][];
  /** What it left for later steps, for later jobs and for whoever reads the run. */
  readonly files: Readonly<Record<string, string>>;
}

/** How GitHub calls what a step names as its shell. https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell */
const shells: Readonly<Record<string, readonly string[]>> = {
  '': ['-e'],
  bash: ['--noprofile', '--norc', '-eo', 'pipefail'],
};
const ours = ['apps', 'infra', 'libs', 'node_modules', 'tools', 'package.json'];
const told = {
  GITHUB_OUTPUT: 'github-output',
  GITHUB_STEP_SUMMARY: 'github-summary',
  GITHUB_ENV: 'github-env',
};

async function runStep(step: ScriptStep, given: Given, ...wanted: string[]): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), 'clinic-step-'));
  const programs = await standIns(given.answers ?? {});
  try {
    for (const part of ours) await symlink(join(root, part), join(folder, part));
    for (const [file, content] of Object.entries({ ...given.files, 'step.sh': step.script }))
      await writeFile(join(folder, file), content);
    const environment = {
      ...Object.fromEntries(Object.entries(told).map(([name, file]) => [name, join(folder, file)])),
      GITHUB_REPOSITORY: 'clinic-org/clinic',
      ...given.environment,
      ...resolved(step.variables, given.values ?? {}),
      PATH: programs.path,
    };
    const ended = await run(folder, step, environment);
    const files: Record<string, string> = {};
    for (const file of [...wanted, ...Object.values(told)])
      files[file] = await readFile(join(folder, file), 'utf8').catch(() => '');
    return { ...ended, calls: await programs.calls(), files };
  } finally {
    await programs.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function run(
  folder: string,
  { key, shell = '' }: ScriptStep,
  environment: Record<string, string>,
): Promise<Pick<Outcome, 'code' | 'said'>> {
  const args = shells[shell];
  if (!args) throw new Error(`${key}: nobody knows how GitHub calls the shell ${shell}`);
  return new Promise((resolve) => {
    execFile('bash', [...args, 'step.sh'], { cwd: folder, env: environment }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), said: stdout + stderr });
    });
  });
}

/** @throws Error that names an expression without a value */
function resolved(variables: Variables, values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).map(([name, text]) => [
      name,
      String(text).replace(/\$\{\{\s*(.*?)\s*\}\}/g, (_, expression: string) => {
        const value = values[expression];
        if (value === undefined) throw new Error(`${name} has no value for ${expression}`);
        return value;
      }),
    ]),
  );
}
