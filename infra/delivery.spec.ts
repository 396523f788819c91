import { beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { isValues } from './testing/account.ts';
import { all, at, one, statementsOf } from './testing/find.ts';
import { loadStack, type LoadedStack } from './testing/stack.ts';

const config = { deliveryRepository: 'clinic-org/clinic' };
const role = 'aws:iam/role:Role';
const pulling = ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];
const attachment = 'aws:iam/rolePolicyAttachment:RolePolicyAttachment';
const managed = 'aws:iam/policy:Policy';
const provider = 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com';

let prod: LoadedStack;

beforeAll(async () => {
  prod = await loadStack('prod', { config });
});

const trusted = (stack: LoadedStack, name: string) =>
  statementsOf(at(one(stack, role, name), 'assumeRolePolicy'));

/** The statements of all policies of a role. */
function granted(purpose: string): Record<string, unknown>[] {
  return all(prod, attachment)
    .filter(({ inputs }) => inputs.role === `clinic-prod-${purpose}`)
    .flatMap(({ name }) => statementsOf(at(one(prod, managed, name), 'policy')));
}

const actions = (purpose: string): string[] =>
  granted(purpose)
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap(({ Action }) => (Array.isArray(Action) ? Action.map(String) : []));

/** Whether a pattern of a policy covers an action or an ARN. */
const matches = (pattern: string) => {
  const expression = pattern.split('*').map(RegExp.escape).join('.*');
  return (text: string): boolean => new RegExp(`^${expression}$`).test(text);
};

/** What IAM calls the clients of the SDK that go by another name. */
const services: Readonly<Record<string, string>> = {
  'cloudwatch-logs': 'logs',
  'elastic-load-balancing-v2': 'elasticloadbalancing',
};

/** The actions behind the commands that the gate sends, by its own imports, and behind the one that gets a token. */
function questionsOfTheGate(): string[] {
  const source = readFileSync(join(import.meta.dirname, '../tools/verify-deployment/aws.ts'), 'utf8');
  const sdk = [...source.matchAll(/import \{([^}]*)\} from '@aws-sdk\/client-([\w-]+)'/g)].flatMap(
    ([, names = '', client = '']) =>
      [...names.matchAll(/\b(?:(\w+)Command|paginate(\w+))\b/g)].map(
        ([, command, page]) => `${services[client] ?? client}:${command ?? page ?? ''}`,
      ),
  );
  const cli = /aws (cognito-idp) (describe-user-pool-client)/.exec(String(prod.outputs.tokenCommand));
  const name = cli?.[2]?.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
  return [...sdk, `${cli?.[1] ?? ''}:${name ?? ''}`];
}

describe("GitHub's workflows may act on a stack", () => {
  it('when a repository is named, and not otherwise', async () => {
    const none = await loadStack('prod');
    expect(none.resources.filter(({ type }) => type.startsWith('clinic:delivery:'))).toEqual([]);
    expect(none.outputs.deliveryRoles).toEqual({});
    expect(prod.outputs.deliveryRoles).toEqual(
      Object.fromEntries(
        ['deploy', 'drift', 'preview'].map((name) => [
          name,
          `arn:aws:iam::123456789012:role/clinic-prod-${name}`,
        ]),
      ),
    );
  });

  it("by the account's provider, which stays when the stack goes, and alone does", () => {
    const staying = prod.resources.filter(({ stays }) => stays).map(({ type }) => type);
    expect(staying).toEqual(['aws:iam/openIdConnectProvider:OpenIdConnectProvider']);
  });

  it.each([
    ['deploy', 'environment:prod'],
    ['drift', 'environment:drift-prod'],
    ['preview', 'environment:preview-prod'],
  ])('to %s from %s of that repository alone', (purpose, subject) => {
    expect(trusted(prod, `clinic-prod-${purpose}`)).toEqual([
      {
        Effect: 'Allow',
        Principal: { Federated: expect.stringMatching(/./) },
        Action: ['sts:AssumeRoleWithWebIdentity'],
        Condition: {
          StringEquals: {
            'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
            'token.actions.githubusercontent.com:sub': `repo:clinic-org/clinic:${subject}`,
          },
        },
      },
    ]);
  });

  it('by the ids of owner and repository, and by the provider that is there, when the configuration says so', async () => {
    const found = await loadStack('prod', {
      config: { deliveryRepository: 'clinic-org@123/clinic@456', deliveryCreateProvider: false },
    });
    expect(all(found, 'aws:iam/openIdConnectProvider:OpenIdConnectProvider')).toEqual([]);
    expect(trusted(found, 'clinic-prod-deploy')).toMatchObject([
      {
        Principal: { Federated: provider },
        Condition: {
          StringEquals: {
            'token.actions.githubusercontent.com:sub': 'repo:clinic-org@123/clinic@456:environment:prod',
          },
        },
      },
    ]);
    expect(one(prod, 'aws:iam/openIdConnectProvider:OpenIdConnectProvider').inputs).toMatchObject({
      url: 'https://token.actions.githubusercontent.com',
      clientIdLists: ['sts.amazonaws.com'],
    });
  });
});

/** What is denied to all three, by the tags of others. */
const denied = Object.entries({ project: 'clinic', stack: 'prod' }).map(([tag, own]) => ({
  Effect: 'Deny',
  Action: ['acm:*', 'application-autoscaling:*', 'cognito-idp:*', 'ec2:*', 'ecs:*', 'wafv2:*'],
  Resource: ['*'],
  Condition: {
    StringNotEquals: { [`aws:ResourceTag/${tag}`]: own },
    Null: { [`aws:ResourceTag/${tag}`]: 'false' },
  },
}));

describe('who previews', () => {
  it('asks what the program and awsx ask when nothing is refreshed, and no more', () => {
    expect(granted('preview')).toEqual([
      {
        Effect: 'Allow',
        Action: ['ec2:DescribeAvailabilityZones', 'ec2:DescribeSubnets'],
        Resource: ['*'],
        Condition: { StringEquals: { 'aws:RequestedRegion': 'eu-central-1' } },
      },
      {
        Effect: 'Allow',
        Action: ['iam:GetOpenIDConnectProvider', 'iam:ListOpenIDConnectProviders'],
        Resource: ['*'],
      },
      ...denied,
    ]);
  });
});

describe('who looks for drift', () => {
  const reading = (action: string): unknown[] =>
    granted('drift').filter(
      ({ Action, Effect }) => Effect === 'Allow' && String(Action).split(',').includes(action),
    );

  it('reads, and neither database secrets nor log lines nor objects nor images', () => {
    for (const action of actions('drift')) expect(action).toMatch(/:(Describe|Get|List)/);
    const forbidden =
      /^(secretsmanager:|rds-data:|s3:GetObject$|logs:GetLogEvents|ecr:GetDownloadUrlForLayer)/;
    expect(actions('drift').filter((action) => forbidden.test(action))).toEqual([]);
  });

  it.each([
    ['lambda:GetFunction', 'arn:aws:lambda:eu-central-1:123456789012:function:clinic-prod-*'],
    ['ecr:GetLifecyclePolicy', 'arn:aws:ecr:eu-central-1:123456789012:repository/clinic-prod/*'],
    ['s3:ListBucket', 'arn:aws:s3:::clinic-prod-*'],
  ])('asks %s of what is named after the stack alone', (action, arn) => {
    expect(reading(action)).toMatchObject([{ Resource: [arn] }]);
  });

  it("reads the machine client's secret of the pool with the stack's own tags alone", () => {
    expect(reading('cognito-idp:DescribeUserPoolClient')).toMatchObject([
      {
        Resource: ['arn:aws:cognito-idp:eu-central-1:123456789012:userpool/*'],
        Condition: {
          StringEquals: { 'aws:ResourceTag/project': 'clinic', 'aws:ResourceTag/stack': 'prod' },
        },
      },
    ]);
    expect(granted('drift')).toEqual(expect.arrayContaining(denied));
  });
});

describe('who deploys', () => {
  it('makes roles of the stack within its boundary only, and widens none of his own', () => {
    const roles = granted('deploy').filter(({ Action }) => String(Action).includes('iam:CreateRole'));
    expect(roles).toEqual([
      {
        Effect: 'Allow',
        Action: ['iam:CreateRole', 'iam:PutRolePolicy', 'iam:DeleteRolePolicy'],
        Resource: ['arn:aws:iam::123456789012:role/clinic-prod-*'],
        Condition: {
          StringEquals: {
            'iam:PermissionsBoundary': 'arn:aws:iam::123456789012:policy/clinic-prod-boundary',
          },
        },
      },
    ]);
    expect(granted('deploy')).toContainEqual({
      Effect: 'Deny',
      Action: ['iam:DeleteRole', 'iam:PassRole', 'iam:PutRolePolicy', 'iam:UpdateAssumeRolePolicy'],
      Resource: ['deploy', 'drift', 'preview'].map(
        (name) => `arn:aws:iam::123456789012:role/clinic-prod-${name}`,
      ),
    });
    const escapes =
      /^iam:(Attach|CreatePolicy|CreateUser|CreateAccessKey|DeleteRolePermissionsBoundary|PutUser)|^iam:\*/;
    expect(actions('deploy').filter((action) => escapes.test(action))).toEqual([]);
  });

  it("passes the stack's roles to what runs them alone", () => {
    expect(
      granted('deploy').filter(
        ({ Action, Effect }) => Effect === 'Allow' && String(Action) === 'iam:PassRole',
      ),
    ).toMatchObject([
      {
        Resource: ['arn:aws:iam::123456789012:role/clinic-prod-*'],
        Condition: {
          StringEquals: {
            'iam:PassedToService': [
              'ecs-tasks.amazonaws.com',
              'lambda.amazonaws.com',
              'vpc-flow-logs.amazonaws.com',
            ],
          },
        },
      },
    ]);
  });

  it('changes what is not named after the stack in its region only, and never by a wildcard for all of a service', () => {
    for (const { Action, Resource, Condition, Effect } of granted('deploy')) {
      const changes = (Array.isArray(Action) ? Action.map(String) : []).filter(
        (action) => !/:(Describe|Get|List|BatchGet|BatchCheck)/.test(action),
      );
      if (Effect !== 'Allow') continue;
      expect(changes.filter((action) => action.endsWith(':*'))).toEqual([]);
      if (changes.length > 0 && String(Resource) === '*')
        expect(Condition).toEqual({ StringEquals: { 'aws:RequestedRegion': 'eu-central-1' } });
    }
  });

  it('can touch nothing of another stack that is known by its name', () => {
    const resources = granted('deploy')
      .filter(({ Effect, Action }) => Effect === 'Allow' && !isDeepStrictEqual(Action, pulling))
      .flatMap(({ Resource }) => (Array.isArray(Resource) ? Resource.map(String) : []))
      .filter((resource) => resource !== '*');
    const foreign = resources
      .filter((resource) => resource.includes('clinic-prod'))
      .map((resource) => resource.replaceAll('clinic-prod', 'clinic-prodeu').replaceAll('*', 'x'));
    expect(foreign.length).toBeGreaterThan(20);
    for (const resource of resources)
      expect([resource, foreign.filter(matches(resource))]).toEqual([resource, []]);
  });

  it('copies images of the same project from whatever stack and account they were tested in', () => {
    expect(granted('deploy')).toContainEqual({
      Effect: 'Allow',
      Action: pulling,
      Resource: ['arn:aws:ecr:eu-central-1:*:repository/clinic-*/*'],
    });
    expect(actions('deploy')).toContain('ecr:GetAuthorizationToken');
  });

  it('can touch nothing of another stack that is known by its tags, whatever else is allowed', () => {
    const known = /^(acm|application-autoscaling|cognito-idp|ec2|ecs|wafv2):/;
    expect(granted('deploy')).toEqual(expect.arrayContaining(denied));
    const anywhere = granted('deploy')
      .filter(({ Effect, Resource }) => Effect === 'Allow' && String(Resource) === '*')
      .flatMap(({ Action }) => (Array.isArray(Action) ? Action.map(String) : []))
      .filter((action) => !/:(Describe|Get|List|BatchGet|BatchCheck)/.test(action));
    expect(anywhere.filter((action) => !known.test(action))).toEqual([]);
  });

  it('makes a database in the groups that AWS has for it, and changes none of them', () => {
    const named = granted('deploy').filter(({ Resource }) => String(Resource).includes(':pg:default.*'));
    expect(named.map(({ Action }) => Action)).toEqual([['rds:CreateDBCluster', 'rds:CreateDBInstance']]);
    expect(named[0]?.Resource).toEqual([
      'arn:aws:rds:eu-central-1:123456789012:og:default:*',
      'arn:aws:rds:eu-central-1:123456789012:pg:default.*',
    ]);
    expect(actions('deploy').filter((action) => action.startsWith('kms:'))).toEqual(['kms:DescribeKey']);
  });

  it('switches the Data API of the database on and off, and does not use it', () => {
    expect(granted('deploy')).toContainEqual(
      expect.objectContaining({
        Action: expect.arrayContaining(['rds:DisableHttpEndpoint', 'rds:EnableHttpEndpoint']),
        Resource: expect.arrayContaining(['arn:aws:rds:eu-central-1:123456789012:cluster:clinic-prod-*']),
      }),
    );
    expect(actions('deploy').filter((action) => action.startsWith('rds-data:'))).toEqual([]);
  });

  it("changes the records of the stack's own name in its own zone, and none without a domain", async () => {
    const changing = (stack: LoadedStack) =>
      statementsOf(at(one(stack, managed, 'clinic-prod-deploy-network'), 'policy')).filter(({ Action }) =>
        String(Action).startsWith('route53:'),
      );
    expect(changing(prod)).toEqual([]);
    const domain = { domain: 'api.clinic.example', hostedZoneId: 'Z0123456789ABCDEFGHIJ' };
    const named = await loadStack('prod', { config: { ...config, ...domain } });
    const names = 'route53:ChangeResourceRecordSetsNormalizedRecordNames';
    const types = 'route53:ChangeResourceRecordSetsRecordTypes';
    expect(changing(named)).toEqual([
      {
        Effect: 'Allow',
        Action: ['route53:ChangeResourceRecordSets'],
        Resource: ['arn:aws:route53:::hostedzone/Z0123456789ABCDEFGHIJ'],
        Condition: {
          'ForAllValues:StringLike': { [names]: ['api.clinic.example', '_*.api.clinic.example'] },
          'ForAllValues:StringEquals': { [types]: ['A', 'CNAME'] },
          Null: { [names]: 'false', [types]: 'false' },
        },
      },
    ]);
    const like = ['api.clinic.example', '_*.api.clinic.example'].map(matches);
    for (const { inputs } of all(named, 'aws:route53/record:Record')) {
      expect(like.some((allows) => allows(String(inputs.name)))).toBe(true);
      expect(['A', 'CNAME']).toContain(inputs.type);
    }
  });

  it("reaches the secrets of its own database's owner alone, and so does every role that the stack makes", () => {
    const secrets = [
      ...granted('deploy'),
      ...statementsOf(at(one(prod, managed, 'clinic-prod-boundary'), 'policy')),
    ].filter(({ Action }) => /secretsmanager:(Get|Describe|Rotate)/.test(String(Action)));
    expect(secrets).toHaveLength(2);
    for (const { Condition } of secrets)
      expect(Condition).toEqual({
        ArnLike: {
          'aws:ResourceTag/aws:rds:primaryDBClusterArn': [
            'arn:aws:rds:eu-central-1:123456789012:cluster:clinic-prod-*',
          ],
        },
      });
  });

  it('may ask AWS all that the gate asks', () => {
    const asked = questionsOfTheGate();
    expect(asked).toContain('ecs:DescribeServices');
    expect(asked).toContain('logs:FilterLogEvents');
    const allowed = actions('deploy').map(matches);
    expect(asked.filter((action) => !allowed.some((allows) => allows(action)))).toEqual([]);
  });

  it('has policies that are no longer than AWS takes them', () => {
    for (const { inputs } of all(prod, managed))
      expect(String(inputs.policy).length).toBeLessThanOrEqual(6144);
  });
});

describe('every role that the stack makes', () => {
  it('is within the boundary, except those that deliver', () => {
    for (const { name, inputs } of all(prod, role)) {
      const delivers = /-(deploy|drift|preview)$/.test(name);
      expect(inputs.permissionsBoundary).toBe(
        delivers ? undefined : 'arn:aws:iam::123456789012:policy/clinic-prod-boundary',
      );
    }
  });

  it('may do all that its own policy allows there', () => {
    const within = statementsOf(at(one(prod, managed, 'clinic-prod-boundary'), 'policy')).flatMap(
      ({ Action }) => Action,
    );
    for (const own of all(prod, 'aws:iam/rolePolicy:RolePolicy'))
      for (const { Action } of statementsOf(at(own, 'policy')))
        expect(within).toEqual(expect.arrayContaining(Array.isArray(Action) ? Action : [Action]));
  });
});

it('an organisation without its repository is no repository', async () => {
  const wrong: unknown = await loadStack('prod', { config: { deliveryRepository: 'clinic-org' } }).catch(
    (error: unknown) => error,
  );
  expect(isValues(wrong) && wrong.message).toContain('clinic:deliveryRepository: must be ORG/REPO');
});
