import { describe, expect, it } from '@jest/globals';
import { services } from '#catalogue';
import { stepsOf } from './step.ts';
import { installs, values } from './values.ts';

const { step, left } = stepsOf('preview.yml');
const steps = [
  {
    op: 'update',
    urn: 'urn:pulumi:dev::clinic::aws:iam/role:Role::task',
    newState: { type: 'aws:iam/role:Role', inputs: {} },
  },
];
const preview = JSON.stringify({ steps, changeSummary: { update: 1 }, duration: 1 });

const name = step('preview: Name digests, so that no image is built');
it('has a digest for each service, whether it runs or not', async () => {
  const answers = [{ to: /^pulumi stack output/, says: '{}' }, { to: /^pulumi config set/ }];
  const { code, calls } = await name({ values, answers: { pulumi: answers } });
  expect([code, calls.length]).toEqual([0, 1 + services.length]);
});

const asJson = step('preview: Preview as JSON, for the summary');
it('is held to the policies, and kept as JSON', async () => {
  const policies = /^pulumi preview --stack dev --json --non-interactive --policy-pack infra\/policy$/;
  const answers = { pulumi: [{ to: policies, says: preview }] };
  const { code, files } = await asJson({ values, answers }, 'preview.json');
  expect([code, files['preview.json']]).toEqual([0, preview]);
});

describe('its summary', () => {
  const sum = step('preview: Sum it up');
  it('is kept, and begins with what its comment is found by', async () => {
    const { code, files } = await sum({ values, files: { 'preview.json': preview } }, 'summary.md');
    expect([code, files['summary.md']]).toEqual([0, expect.stringContaining('#### IAM')]);
    expect(files['summary.md']).toMatch(/^<!-- preview-summary dev -->/);
  });

  it('fails when there is no preview to sum up', async () => {
    const { code, said } = await sum({ values, files: { 'preview.json': '' } });
    expect([code, said]).toEqual([1, expect.stringContaining('preview-summary: ')]);
  });

  const refused = step('preview: Say why it was refused');
  it('says why a preview was refused', async () => {
    const says =
      'Policies:\n    clinic@v0.0.1 (local: infra/policy)\n        - [mandatory]  no-public-task\n';
    const answers = [{ to: /^pulumi preview --stack dev .*--policy-pack infra\/policy$/, says, exits: 255 }];
    const { code, files } = await refused({ values, answers: { pulumi: answers } }, 'summary.md');
    expect([code, files['summary.md']]).toEqual([0, expect.stringContaining('[mandatory]  no-public-task')]);
    expect(files['summary.md']).toMatch(/^<!-- preview-summary dev -->/);
  });
});

describe('its comment, and the page of the run,', () => {
  const comment = step('preview: Put the summary on top, in the comment of before');
  const place = 'repos/clinic-org/clinic/issues';
  const body = ['--field', 'body=@summary.md'];
  const written = async (comments: object): Promise<string[][]> => {
    const answers = [
      { to: /^gh api --paginate/, says: JSON.stringify(comments) },
      { to: /^gh api /, says: '{}' },
    ];
    const given = { values, files: { 'summary.md': 'summary' }, answers: { gh: answers } };
    const { code, calls, files } = await comment(given);
    expect([code, files['github-summary']]).toEqual([0, 'summary']);
    return calls.slice(1).map((call) => [...call]);
  };

  it('is made once', async () => {
    expect(await written([{ id: 1, body: 'Looks good' }])).toEqual([
      ['gh', 'api', `${place}/12/comments`, ...body],
    ]);
  });

  it('is edited in place from then on, that of its stack', async () => {
    const comments = ['Looks good', '<!-- preview-summary prod -->', '<!-- preview-summary dev -->\n...'];
    expect(await written(comments.map((text, index) => ({ id: index + 1, body: text })))).toEqual([
      ['gh', 'api', '--method', 'PATCH', `${place}/comments/3`, ...body],
    ]);
  });
});

const explain = step(
  "mocks: echo 'This pull request comes from a fork, which gets no credentials: the program was run in a made-up account' \\",
);
it('a fork is told why it gets none', async () => {
  const { code, files } = await explain({});
  expect([code, files['github-summary']]).toEqual([
    0,
    expect.stringMatching(/^This pull .* a branch here\.\n$/),
  ]);
});

it('has no other step that could run here', () => {
  const reasons = {
    'preview: npm ci': installs,
    'mocks: npm ci': installs,
    'mocks: npm test -- /infra/': 'npm test does so',
  };
  expect(left()).toEqual(Object.keys(reasons));
});
