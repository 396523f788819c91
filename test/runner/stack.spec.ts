import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { services } from '#catalogue';
import { openAccount } from '../../tools/verify-deployment/account.fixtures.ts';
import { openOutside, type Outside } from './outside.ts';
import { stepsOf, type Outcome } from './step.ts';
import { installs, values } from './values.ts';

const { step, left } = stepsOf('stack.yml');
const digest = (of: string): string => `sha256:${of.repeat(64)}`;
const each = (value: string): Record<string, string> =>
  Object.fromEntries(services.map(({ name }) => [name, value]));
const all = (of: string): string => JSON.stringify(each(digest(of)));
const runsNow = (of: string): string =>
  JSON.stringify({ images: each(`registry.example/clinic-dev/it@${digest(of)}`) });

const take = step('up: Take the digests that are deployed');
it('is brought to the digests that it is given', async () => {
  const { code, files } = await take({ values: { ...values, 'inputs.digests': all('a') } }, 'digests.json');
  expect([code, files['digests.json']]).toEqual([0, `${all('a')}\n`]);
});

describe('a rollback', () => {
  const find = step('up: Find the digests that were verified last and do not run now');
  const api = 'repos/clinic-org/clinic/actions';
  const run = (id: number, from = 5): object => ({
    id,
    event: 'push',
    head_branch: 'main',
    repository: { id: 5 },
    head_repository: { id: from },
  });
  // The newest is a fork's.
  const runs = [run(4, 6), run(3), run(2), run(1)];
  const search = (...verified: [id: number, of: string][]): Promise<Outcome> =>
    find(
      {
        values,
        answers: {
          pulumi: [{ to: /^pulumi stack output --stack dev --json/, says: runsNow('a') }],
          gh: [
            {
              to: new RegExp(`^gh api ${api}/workflows/deploy.yml/runs`),
              says: JSON.stringify({ workflow_runs: runs }),
            },
            ...verified.flatMap(([id, of]) => [
              {
                to: new RegExp(`^gh api ${api}/runs/${id}/artifacts.*name=verified-dev`),
                says: JSON.stringify({ artifacts: [{ name: 'verified-dev', expired: false }] }),
              },
              {
                to: new RegExp(`^gh run download ${id} .*--name verified-dev`),
                leaves: { 'digests.json': all(of) },
              },
            ]),
            {
              to: new RegExp(`^gh api ${api}/runs/[0-9]+/artifacts`),
              says: JSON.stringify({ artifacts: [] }),
            },
          ],
        },
      },
      'digests.json',
    );

  it('takes the newest that were verified and do not run', async () => {
    const { code, said, files } = await search([4, 'd'], [3, 'a'], [2, 'b'], [1, 'c']);
    expect([code, said]).toEqual([0, expect.stringContaining('back to what run 2 verified')]);
    expect(JSON.parse(files['digests.json'] ?? '')).toEqual(JSON.parse(all('b')));
  });

  it('says that there are none, and leaves no digests to go on with', async () => {
    const { code, said, files } = await search([3, 'a']);
    expect([code, said, files['digests.json']]).toEqual([
      1,
      expect.stringContaining('has verified dev on other digests'),
      '',
    ]);
  });
});

describe('an image', () => {
  const copy = step('up: Copy the images by digest');
  const target = '222222222222.dkr.ecr.eu-central-1.amazonaws.com/clinic-dev';
  const source = '111111111111.dkr.ecr.eu-central-1.amazonaws.com/clinic-dev';
  const files = { 'digests.json': all('a') };
  const create = { to: /^docker buildx imagetools create/ };
  const there = { to: /^docker buildx imagetools inspect/ };
  const missing = { to: /^docker buildx imagetools inspect \S+[a-z]:a{64}$/, exits: 1 };

  it('is copied by digest, and looked for afterwards', async () => {
    const { code, calls } = await copy({ values, files, answers: { docker: [missing, create, there] } });
    expect(code).toBe(0);
    expect(calls).toEqual(
      services
        .map(({ name }) => `${target}/${name}`)
        .flatMap((image, at) => [
          ['inspect', `${image}:${'a'.repeat(64)}`],
          [
            'create',
            '--tag',
            `${image}:${'a'.repeat(64)}`,
            `${source}/${services[at]?.name ?? ''}@${digest('a')}`,
          ],
          ['inspect', `${image}@${digest('a')}`],
        ])
        .map((words) => ['docker', 'buildx', 'imagetools', ...words]),
    );
  });

  it('is not copied when it is there, since a tag is given once', async () => {
    const { code, calls } = await copy({ values, files, answers: { docker: [there] } });
    expect([code, calls.length]).toEqual([0, services.length]);
  });

  it('that can’t be copied stops all', async () => {
    const refused = { ...create, exits: 1 };
    expect((await copy({ values, files, answers: { docker: [missing, refused, there] } })).code).toBe(1);
  });
});

const name = step('up: Name the digests in the configuration');
it('has its digests in the configuration', async () => {
  const answers = {
    pulumi: [{ to: /^pulumi config set --stack dev --path clinic:imageDigests\..* sha256:b{64}/ }],
  };
  const { code, calls } = await name({ values, files: { 'digests.json': all('b') }, answers });
  expect([code, calls.length]).toEqual([0, services.length]);
});

const begin = step('up: Note when it begins');
it('notes when it begins', async () => {
  const { code, files } = await begin({ values });
  const [, time = ''] = /^time=(\S+)\n$/.exec(files['github-output'] ?? '') ?? [];
  expect([code, time]).toEqual([0, expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)]);
  expect(Math.abs(Date.now() - Date.parse(time))).toBeLessThan(60_000);
});

const ask = step('up: Ask for the outputs');
it('is asked for its outputs', async () => {
  const answers = { pulumi: [{ to: /^pulumi stack output --stack dev --json$/, says: '{"url":"it"}' }] };
  const { code, files } = await ask({ values, answers }, 'outputs.json');
  expect([code, files['outputs.json']]).toEqual([0, '{"url":"it"}']);
});

describe('the gate', () => {
  const judge = step('up: Judge what runs');
  const token = 'smoke-token';
  let outside: Outside;
  beforeAll(async () => {
    const client = { id: values['vars.SMOKE_CLIENT_ID'], secret: values['secrets.SMOKE_CLIENT_SECRET'] };
    outside = await openOutside(client, token);
  });
  afterAll(() => outside.close());

  const judged = async (recorded: string, began = '2026-11-20T09:00:00Z'): Promise<Outcome> => {
    const account = await openAccount(recorded);
    const ecs = 'arn:aws:ecs:eu-central-1:123456789012:task-definition/clinic-dev-patient:42';
    const outputs = {
      url: outside.url,
      issuer: outside.issuer,
      cluster: 'clinic-dev',
      ecsServices: each('clinic-dev-patient'),
      taskDefinitions: each(ecs),
      images: each(`registry.example/clinic-dev/it@${digest('1')}`),
      targetGroups: each('arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/it/1'),
      logGroups: each('/clinic-dev/it'),
    };
    const files = { 'outputs.json': JSON.stringify(outputs), 'digests.json': all('1') };
    const given = { ...values, 'steps.begin.outputs.time': began };
    const outcome = await judge({ values: given, files, environment: account.environment });
    await account.close();
    return outcome;
  };

  it('lets pass what runs as it was meant to', async () => {
    const { code, said } = await judged('success');
    expect([code, said]).toEqual([
      0,
      expect.stringContaining(`ok   smoke session, ${6 * services.length + 1} requests`),
    ]);
    for (const secret of [token, values['secrets.SMOKE_CLIENT_SECRET']]) expect(said).not.toContain(secret);
  });

  it('tells of an alarm that rang before, and lets pass', async () => {
    const said = expect.stringContaining('warn the alarm clinic-dev-dead-jobs has rung since');
    expect(await judged('dead-jobs', '2026-11-20T10:00:00Z')).toMatchObject({ code: 0, said });
  });

  it('takes nothing else for the time when it began', async () => {
    const said = expect.stringContaining('--since takes an instant of UTC');
    expect(await judged('success', 'an hour ago')).toMatchObject({ code: 1, said });
  });

  it('fails what was rolled back, and says why', async () => {
    const { code, said } = await judged('rolled-back');
    expect([code, said]).toEqual([1, expect.stringContaining('migration patient/0003_new.sql failed')]);
  });
});

it('has no other step that could run here', () => {
  expect(left()).toEqual(Object.keys({ 'up: npm ci': installs }));
});
