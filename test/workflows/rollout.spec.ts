import { describe, expect, it } from '@jest/globals';
import { workflows, type Step, type Workflow } from './workflow.ts';

function read(name: string): Workflow {
  const found = workflows.find(({ file }) => file === name);
  if (!found) throw new RangeError(`there is no workflow ${name}`);
  return found.workflow;
}
const [deploy, stack] = [read('deploy.yml'), read('stack.yml')];
const steps = stack.jobs.up?.steps ?? [];
const named = (name: string): Step | undefined => steps.find((step) => step.name === name);

describe('a rollback', () => {
  it("does not wait for a run on main that waits for prod's approval", () => {
    // A job that waits for approval holds its own group too, so the called workflow must have none.
    expect(deploy.concurrency).toEqual({
      group: "deploy-${{ inputs.rollback || 'main' }}",
      'cancel-in-progress': false,
    });
    expect(stack.concurrency).toBeUndefined();
    expect(stack.jobs.up?.concurrency).toBeUndefined();
  });
});

describe('secrets', () => {
  it('are those of an environment', () => {
    for (const { file: name, workflow } of workflows)
      for (const [id, job] of Object.entries(workflow.jobs))
        if (JSON.stringify(job).includes('secrets.'))
          expect([name, id, job.environment]).toEqual([name, id, expect.any(String)]);
  });

  it('reach the called workflow by inheritance, which alone hands on those of its environment', () => {
    const callers = Object.values(deploy.jobs).filter(({ uses }) => uses !== undefined);
    expect(callers.map(({ secrets }) => secrets)).toEqual(['inherit', 'inherit', 'inherit']);
  });
});

describe('the gate', () => {
  it('judges after an update that failed, by the digests that were meant', () => {
    const asked = named('Ask for the outputs');
    expect(asked?.if).toBe("${{ !cancelled() && steps.up.outcome != 'skipped' }}");
    expect(named('Judge what runs')).toMatchObject({
      if: "${{ !cancelled() && steps.outputs.outcome == 'success' }}",
      run: expect.stringContaining('--digests digests.json'),
    });
  });

  it('is told when the update began, by what was noted just before it', () => {
    const at = steps.findIndex(({ id }) => id === 'up');
    expect(steps[at - 1]).toMatchObject({ id: 'begin' });
    expect(named('Judge what runs')).toMatchObject({
      env: { SINCE: '${{ steps.begin.outputs.time }}' },
      run: expect.stringContaining('--since "$SINCE"'),
    });
  });

  it('and the update before it have passed when digests are kept as verified', () => {
    expect(steps.at(-1)).toMatchObject({
      with: { name: 'verified-${{ inputs.stack }}', path: 'digests.json' },
    });
    expect(steps.at(-1)?.if).toBeUndefined();
  });
});

it('images are built for the platform that the stacks name, on a runner of that kind', () => {
  const build = deploy.jobs.image?.steps?.find(({ id }) => id === 'build');
  expect(build?.with?.platforms).toBe('${{ needs.services.outputs.platform }}');
  expect(deploy.jobs.image?.['runs-on']).toBe('${{ needs.services.outputs.runner }}');
});

it('images are attested where GitHub does that, and deployed where it does not', () => {
  const attests = deploy.jobs.image?.steps?.filter(({ uses }) => uses?.startsWith('actions/attest@'));
  expect(attests?.map((step) => step.if)).toEqual([
    "github.event.repository.visibility == 'public' || vars.ATTESTATIONS == 'true'",
  ]);
});

it.each(workflows)('$file takes a failure in a pipe for one', ({ workflow }) => {
  expect(workflow.defaults).toEqual({ run: { shell: 'bash' } });
});
