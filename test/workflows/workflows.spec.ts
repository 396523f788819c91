import { describe, expect, it } from '@jest/globals';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { root, workflows } from './workflow.ts';

/** What the published definition (action.yml) of an action at a commit names. */
type Actions = Record<string, { version: string; commit: string; inputs: string[]; outputs: string[] }>;

const actions = JSON.parse(readFileSync(join(import.meta.dirname, 'actions.json'), 'utf8')) as Actions;

describe.each(workflows)('$file', ({ file, text, workflow }) => {
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

  it('has a test that runs its scripts as they are written', () => {
    const spec = `test/runner/${basename(file, '.yml')}.spec.ts`;
    expect(readFileSync(join(root, spec), 'utf8')).toContain(`stepsOf('${file}')`);
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
