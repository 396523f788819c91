import { describe, expect, it } from '@jest/globals';
import { services } from '#catalogue';
import { stepsOf } from './step.ts';
import { installs, values } from './values.ts';

const { step, left } = stepsOf('drift.yml');

describe('a stack that is not what the program says', () => {
  const tell = step('drift: Tell it');
  const run = 'https://github.example/clinic-org/clinic/actions/runs/7';
  const body = `The stack dev is not what the program says, or could not be compared: ${run}`;
  const repo = ['--repo', 'clinic-org/clinic'];
  const told = async (issues: object): Promise<string[][]> => {
    const answers = [
      { to: /^gh issue list/, says: JSON.stringify(issues) },
      { to: /^gh issue (create|comment)/ },
    ];
    const { code, calls } = await tell({ values, answers: { gh: answers } });
    expect(code).toBe(0);
    return calls.slice(1).map((call) => [...call]);
  };

  it('is told in an issue', async () => {
    expect(await told([])).toEqual([
      ['gh', 'issue', 'create', ...repo, '--title', 'Drift in dev', '--body', body],
    ]);
  });

  it('is told in the issue of before while that is open', async () => {
    const issues = [
      { number: 4, title: 'Drift in dev and prod' },
      { number: 9, title: 'Drift in dev' },
      { number: 3, title: 'Drift in dev' },
    ];
    expect(await told(issues)).toEqual([['gh', 'issue', 'comment', '9', ...repo, '--body', body]]);
  });

  it('is not told twice because GitHub did not answer', async () => {
    const { code, calls } = await tell({ values, answers: { gh: [{ to: /^gh issue list/, exits: 1 }] } });
    expect([code, calls.length]).toEqual([1, 1]);
  });
});

const name = step('drift: Name the digests that run');
it('is compared by the digests that run', async () => {
  const image = `registry.example/clinic-dev/it@sha256:${'a'.repeat(64)}`;
  const images = Object.fromEntries(services.map((service) => [service.name, image]));
  const answers = [
    { to: /^pulumi stack output --stack dev --json/, says: JSON.stringify({ images }) },
    { to: /^pulumi config set --stack dev .* sha256:a{64}/ },
  ];
  const { code, calls } = await name({ values, answers: { pulumi: answers } });
  expect([code, calls.length]).toEqual([0, 1 + services.length]);
});

it('has no other step that could run here', () => {
  expect(left()).toEqual(Object.keys({ 'drift: npm ci': installs }));
});
