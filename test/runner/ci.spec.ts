import { expect, it } from '@jest/globals';
import { workflows } from '../workflows/workflow.ts';
import { stepsOf } from './step.ts';
import { installs } from './values.ts';

const { step, left } = stepsOf('ci.yml');

const runs = step('test: $COMMAND');
const jobs = workflows.find(({ file }) => file === 'ci.yml')?.workflow.jobs;
it.each(jobs?.test?.strategy?.matrix?.command ?? [])('a job of its own runs %s', async (command) => {
  const { code, calls } = await runs({
    values: { 'matrix.command': command },
    answers: { npm: [{ to: /^npm / }] },
  });
  expect([code, calls]).toEqual([0, [command.split(' ')]]);
});

it('fails as its command does', async () => {
  const answers = { npm: [{ to: /^npm test$/, exits: 1 }] };
  expect(await runs({ values: { 'matrix.command': 'npm test' }, answers })).toMatchObject({ code: 1 });
});

it('has no other step that could run here', () => {
  const reasons = {
    'check: npm ci': installs,
    'check: npm run check': '.ci/run does so before the tests',
    'check: npm run audit:dependencies':
      'what is made of each answer is tested beside it; a registry may not answer here',
    'test: npm ci': installs,
  };
  expect(left()).toEqual(Object.keys(reasons));
});
