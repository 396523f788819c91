import { describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { services } from '#catalogue';

interface Step {
  id?: string;
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
}
interface Job {
  if?: string;
  permissions?: Record<string, string>;
  environment?: string;
  uses?: string;
  'timeout-minutes'?: number;
  steps?: Step[];
}
interface Workflow {
  on: Record<string, unknown>;
  permissions: object;
  concurrency?: object;
  jobs: Record<string, Job>;
}
/** What the published definition (action.yml) of an action at a commit names. */
type Actions = Record<string, { version: string; commit: string; inputs: string[]; outputs: string[] }>;

const root = join(import.meta.dirname, '..', '..');
const actions = JSON.parse(readFileSync(join(import.meta.dirname, 'actions.json'), 'utf8')) as Actions;
const workflows = globSync('.github/workflows/*.yml', { cwd: root })
  .sort()
  .map((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    return { file: basename(file), text, workflow: parse(text) as Workflow };
  });

describe.each(workflows)('$file', ({ text, workflow }) => {
  const jobs = Object.entries(workflow.jobs);
  const steps = jobs.flatMap(([, job]) => job.steps ?? []);

  it('uses actions by the commit of the version that its comment names', () => {
    for (const [, uses = '', comment] of text.matchAll(/uses: (\S+)(?: # (\S+))?$/gm)) {
      if (uses.startsWith('./')) continue;
      const [action = '', commit] = uses.split('@');
      expect([action, commit, comment]).toEqual([action, actions[action]?.commit, actions[action]?.version]);
    }
  });

  it('gives actions only inputs that they have, and reads only outputs that they have', () => {
    for (const { uses, with: given = {} } of steps)
      if (uses !== undefined)
        expect(actions[uses.split('@')[0] ?? '']?.inputs).toEqual(expect.arrayContaining(Object.keys(given)));
    for (const [, id, output] of text.matchAll(/steps\.([\w-]+)\.outputs\.([\w-]+)/g)) {
      const step = steps.find((one) => one.id === id);
      if (step?.uses !== undefined) expect(actions[step.uses.split('@')[0] ?? '']?.outputs).toContain(output);
      else expect(step?.run).toMatch(/GITHUB_OUTPUT/);
    }
  });

  it('may do nothing by default, says what each job may, and ends', () => {
    expect(workflow.permissions).toEqual({});
    for (const [name, job] of jobs) {
      expect([name, job.permissions]).toEqual([name, expect.anything()]);
      expect([name, job.uses ?? job['timeout-minutes']]).toEqual([name, expect.anything()]);
    }
  });

  it('keeps no credentials of the checkout, and puts no expression into a script', () => {
    for (const step of steps) {
      if (step.uses?.startsWith('actions/checkout@'))
        expect(step.with).toMatchObject({ 'persist-credentials': false });
      expect(step.run ?? '').not.toContain('${{');
    }
  });

  it('takes roles only in environments, and gives a fork nothing', () => {
    for (const [name, job] of jobs.filter(([, { steps = [] }]) =>
      JSON.stringify(steps).includes('role-to-assume'),
    ))
      expect([name, job.environment]).toEqual([name, expect.any(String)]);
    expect(Object.keys(workflow.on)).not.toContain('pull_request_target');
    if (!('pull_request' in workflow.on)) return;
    for (const [name, job] of jobs.filter(([, { steps = [] }]) =>
      /secrets\.|role-to-assume/.test(JSON.stringify(steps)),
    ))
      expect([name, job.if]).toEqual([
        name,
        'github.event.pull_request.head.repo.full_name == github.repository',
      ]);
  });

  it('runs only scripts of ours that are there', () => {
    const scripts = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object })
      .scripts;
    for (const { run = '' } of steps) {
      for (const [, script = ''] of run.matchAll(/npm run (\S+)/g)) expect(scripts).toHaveProperty([script]);
      for (const [tool] of run.matchAll(/tools\/[\w-]+\.ts/g))
        expect(globSync(tool, { cwd: root })).toEqual([tool]);
    }
  });
});

it('the matrix of images is made of the catalogue, by the step as it is written', async () => {
  const deploy = workflows.find(({ file }) => file === 'deploy.yml')?.workflow;
  const script = deploy?.jobs.services?.steps?.find(({ id }) => id === 'catalogue')?.run ?? '';
  const directory = await mkdtemp(join(tmpdir(), 'clinic-workflows-'));
  try {
    const output = join(directory, 'output');
    const path = `${dirname(process.execPath)}:${process.env.PATH ?? ''}`;
    await promisify(execFile)('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], {
      cwd: root,
      env: { PATH: path, GITHUB_OUTPUT: output },
    });
    const written = readFileSync(output, 'utf8');
    expect(JSON.parse(written.replace(/^services=/, ''))).toEqual(
      services.map(({ name, port }) => ({ name, port })),
    );
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
