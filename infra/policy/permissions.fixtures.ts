import { accepts, account, document, given, refuses, unknown, type Cases } from './case.fixtures.ts';

const rolePolicy = 'aws:iam/rolePolicy:RolePolicy';
const role = 'aws:iam/role:Role';
const attachment = 'aws:iam/rolePolicyAttachment:RolePolicyAttachment';

const secret = `arn:aws:secretsmanager:eu-central-1:${account}:secret:rds!cluster-1`;
const allow = (Action: string | string[], Resource: string | string[]) => ({
  Effect: 'Allow',
  Action,
  Resource,
});
const allowing = (Action: string | string[], Resource: string | string[], type = rolePolicy) =>
  given(type, { role: unknown, policy: document(allow(Action, Resource)) });

export const permissionCases: Cases = {
  'no-wildcard-action-on-wildcard-resource': [
    accepts('an action that knows no resources', allowing('ecr:GetAuthorizationToken', '*')),
    accepts('all actions on one bucket', allowing('s3:*', 'arn:aws:s3:::clinic-state/*')),
    accepts('describing and listing', allowing(['ec2:Describe*', 'ecs:List*'], '*')),
    accepts('a policy that is not known yet', given(rolePolicy, { role: unknown, policy: unknown })),
    accepts(
      'a refusal of everything',
      given(rolePolicy, { policy: document({ Effect: 'Deny', Action: '*', Resource: '*' }) }),
    ),
    ...[
      rolePolicy,
      'aws:iam/policy:Policy',
      'aws:iam/userPolicy:UserPolicy',
      'aws:iam/groupPolicy:GroupPolicy',
    ].map((type) =>
      refuses(
        `everything on everything in ${type}`,
        allowing('*', '*', type),
        'name the actions instead of *, or the resources instead of *',
      ),
    ),
    refuses(
      'all of a service on everything, beside what is right',
      allowing(['ecr:GetAuthorizationToken', 'ecs:*'], '*'),
      'name the actions instead of ecs:*, or the resources instead of *',
    ),
    refuses(
      'reading whatever a service has',
      allowing('s3:Get*', 'arn:aws:s3:::*'),
      'name the actions instead of s3:Get*, or the resources instead of arn:aws:s3:::*',
    ),
    refuses(
      'all but some actions on all but some resources',
      given(rolePolicy, { policy: document({ Effect: 'Allow', NotAction: 'iam:*', NotResource: secret }) }),
      'name the actions instead of *, or the resources instead of *',
    ),
    refuses(
      'everything on everything inside a role, beside what is not known yet',
      given(role, {
        assumeRolePolicy: unknown,
        inlinePolicies: [{ policy: unknown }, { name: 'all', policy: document(allow('*', '*')) }],
      }),
      'name the actions instead of *, or the resources instead of *',
    ),
  ],
  'weighty-actions-name-resources': [
    accepts('a named secret', allowing('secretsmanager:GetSecretValue', secret)),
    accepts(
      'a role of a name that begins so',
      allowing('iam:PassRole', `arn:aws:iam::${account}:role/clinic-dev-*`),
    ),
    accepts('tokens for repositories', allowing('ecr:GetAuthorizationToken', '*')),
    refuses('any role', allowing('iam:PassRole', '*'), 'name the resources of iam:PassRole instead of *'),
    refuses(
      'statements to any database',
      allowing('rds-data:ExecuteStatement', '*'),
      'name the resources of rds-data:ExecuteStatement instead of *',
    ),
    refuses(
      'any secret, by a pattern',
      allowing('secretsmanager:Get*', `arn:aws:secretsmanager:eu-central-1:${account}:*`),
      `name the resources of secretsmanager:GetSecretValue instead of arn:aws:secretsmanager:eu-central-1:${account}:*`,
    ),
  ],
  'no-administrator': [
    accepts(
      'what AWS has for the execution of tasks',
      given(attachment, {
        policyArn: 'arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy',
        role: unknown,
      }),
    ),
    accepts(
      'a policy of our own that is not known yet',
      given(attachment, { policyArn: unknown, role: unknown }),
    ),
    refuses(
      'an administrator',
      given(attachment, { policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess', role: unknown }),
      'write a policy of what it needs instead of arn:aws:iam::aws:policy/AdministratorAccess',
    ),
    refuses(
      'a role made with one',
      given(role, { managedPolicyArns: [unknown, 'arn:aws:iam::aws:policy/IAMFullAccess'] }),
      'write a policy of what it needs instead of arn:aws:iam::aws:policy/IAMFullAccess',
    ),
  ],
  'tasks-read-no-secrets': [
    accepts(
      'an execution role that does',
      given(
        rolePolicy,
        { policy: document(allow('secretsmanager:GetSecretValue', secret)) },
        { name: 'it-execution' },
      ),
    ),
    accepts(
      'a task role that signs in to its database',
      given(
        rolePolicy,
        {
          policy: document(
            allow('rds-db:connect', `arn:aws:rds-db:eu-central-1:${account}:dbuser:cluster-1/patient`),
          ),
        },
        { name: 'it-task' },
      ),
    ),
    refuses(
      'a task role that reads one',
      given(rolePolicy, { policy: document(allow('secretsmanager:*', secret)) }, { name: 'it-task' }),
      'it-task: leave secretsmanager:GetSecretValue to the execution role',
    ),
  ],
};
