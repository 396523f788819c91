import { accepts, account, document, given, refuses, unknown, type Cases } from './case.fixtures.ts';

const role = 'aws:iam/role:Role';
const gitHub = 'token.actions.githubusercontent.com';

const trusting = (statement: Readonly<Record<string, unknown>>) =>
  given(role, { assumeRolePolicy: document({ Effect: 'Allow', ...statement }) });
const trustingGitHub = (operator: string, subject: string) =>
  trusting({
    Principal: { Federated: `arn:aws:iam::${account}:oidc-provider/${gitHub}` },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: {
      StringEquals: { [`${gitHub}:aud`]: 'sts.amazonaws.com' },
      [operator]: {
        [`${gitHub}:sub`]: subject,
        ...(operator === 'StringEquals' && { [`${gitHub}:aud`]: 'sts.amazonaws.com' }),
      },
    },
  });
const bind = `let StringEquals ${gitHub}:aud be sts.amazonaws.com and ${gitHub}:sub be repo:OWNER/NAME:environment:STACK`;

const putting = (type: string, Principal: unknown, Condition?: unknown) =>
  given(type, {
    policy: document({
      Effect: 'Allow',
      Principal,
      Action: ['s3:PutObject'],
      Resource: '*',
      ...(Condition !== undefined && { Condition }),
    }),
  });

export const trustCases: Cases = {
  'roles-trust-somebody': [
    accepts(
      'tasks of ECS',
      trusting({ Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: ['sts:AssumeRole'] }),
    ),
    accepts(
      'one environment of one repository',
      trustingGitHub('StringEquals', 'repo:clinic-org/clinic:environment:prod'),
    ),
    accepts(
      'a repository whose subject carries ids',
      trustingGitHub('StringEquals', 'repo:clinic-org@123/clinic@456:environment:prod'),
    ),
    accepts('trust that is not known yet', given(role, { assumeRolePolicy: unknown })),
    refuses(
      'everyone',
      trusting({ Principal: '*', Action: 'sts:AssumeRole' }),
      'name who may take the role instead of *',
    ),
    refuses(
      'every account',
      trusting({ Principal: { AWS: ['*'] }, Action: 'sts:AssumeRole' }),
      'name who may take the role instead of *',
    ),
    refuses(
      'any branch of a repository',
      trustingGitHub('StringEquals', 'repo:clinic-org/clinic:ref:refs/heads/main'),
      bind,
    ),
    refuses(
      'any repository of an owner',
      trustingGitHub('StringLike', 'repo:clinic-org/*:environment:prod'),
      bind,
    ),
    refuses(
      'any workflow of GitHub',
      trusting({
        Principal: { Federated: `arn:aws:iam::${account}:oidc-provider/${gitHub}` },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: { StringEquals: { [`${gitHub}:aud`]: 'sts.amazonaws.com' } },
      }),
      bind,
    ),
  ],
  'nothing-is-shared-with-everyone': [
    accepts(
      'a service of AWS',
      putting('aws:s3/bucketPolicy:BucketPolicy', {
        Service: 'logdelivery.elasticloadbalancing.amazonaws.com',
      }),
    ),
    accepts(
      'everyone under a condition',
      putting(
        'aws:sns/topicPolicy:TopicPolicy',
        { AWS: '*' },
        { StringEquals: { 'AWS:SourceOwner': account } },
      ),
    ),
    accepts(
      'a refusal to everyone',
      given('aws:s3/bucketPolicy:BucketPolicy', {
        policy: document({
          Effect: 'Deny',
          Principal: '*',
          Action: 's3:*',
          Resource: '*',
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        }),
      }),
    ),
    accepts('a policy that is not known yet', given('aws:s3/bucketPolicy:BucketPolicy', { policy: unknown })),
    ...[
      'aws:s3/bucketPolicy:BucketPolicy',
      'aws:ecr/repositoryPolicy:RepositoryPolicy',
      'aws:sns/topicPolicy:TopicPolicy',
      'aws:sqs/queuePolicy:QueuePolicy',
    ].map((type) =>
      refuses(
        `everyone in ${type}`,
        putting(type, '*'),
        'name who is allowed instead of *, or the condition under which',
      ),
    ),
    refuses(
      'all but one',
      given('aws:s3/bucketPolicy:BucketPolicy', {
        policy: document({
          Effect: 'Allow',
          NotPrincipal: { AWS: account },
          Action: 's3:GetObject',
          Resource: '*',
        }),
      }),
      'name who is allowed instead of *, or the condition under which',
    ),
  ],
};
