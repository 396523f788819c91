import { eachAllowed, type Statement } from './document.ts';
import { each, must, on, rule, type Demand, type Rule } from './rule.ts';

/** What gives access to anything else, and so is given for what is named. */
const weighty = [
  'iam:PassRole',
  'kms:Decrypt',
  'rds-data:BatchExecuteStatement',
  'rds-data:ExecuteStatement',
  'rds-db:connect',
  's3:GetObject',
  'secretsmanager:GetSecretValue',
  'ssm:GetParameter',
  'ssm:GetParameters',
  'sts:AssumeRole',
];

/** AWS' own policies that make whoever has them an administrator, at once or by one more step. */
const administrators = /:policy\/(AdministratorAccess|IAMFullAccess|PowerUserAccess)$/;

/** Policies that say what their owner may do. A role may carry some inside. */
function inIdentityPolicies(demands: (statement: Statement) => readonly Demand[]) {
  return [
    on(
      [
        'aws:iam/policy:Policy',
        'aws:iam/rolePolicy:RolePolicy',
        'aws:iam/userPolicy:UserPolicy',
        'aws:iam/groupPolicy:GroupPolicy',
      ],
      (owner) => eachAllowed(() => owner.policy, demands),
    ),
    on('aws:iam/role:Role', (role) =>
      each(
        () => role.inlinePolicies,
        (inline) => eachAllowed(() => inline.policy, demands),
      ),
    ),
  ];
}

const noWildcards = rule(
  'no-wildcard-action-on-wildcard-resource',
  'A permission names its actions or its resources; to describe and to list may be for all of a service',
  ...inIdentityPolicies(({ actions, resources }) =>
    actions
      .filter((action) => /[*?]/.test(action))
      .map((action) =>
        must(
          () => /^[a-z0-9-]+:(Describe|List)\w*\*$/.test(action) || !resources.some(isWild),
          `name the actions instead of ${action}, or the resources instead of ${resources.join(', ')}`,
        ),
      ),
  ),
);

const weightyNamed = rule(
  'weighty-actions-name-resources',
  'Passing or taking a role, reading secrets and data, and signing in to the database are for named resources',
  ...inIdentityPolicies(({ actions, resources }) =>
    weighty
      .filter((action) => actions.some((given) => covers(given, action)))
      .map((action) =>
        must(
          () => !resources.some(isWild),
          `name the resources of ${action} instead of ${resources.join(', ')}`,
        ),
      ),
  ),
);

const noAdministrator = rule(
  'no-administrator',
  "None of AWS' policies for administrators is attached",
  on('aws:iam/rolePolicyAttachment:RolePolicyAttachment', (attachment) => [notFor(attachment.policyArn)]),
  on('aws:iam/role:Role', (role) =>
    each(
      () => role.managedPolicyArns,
      (arn) => [notFor(arn)],
    ),
  ),
);

function notFor(arn: string): Demand {
  return must(() => !administrators.test(arn), `write a policy of what it needs instead of ${arn}`);
}

/** ECS hands secrets to containers by the execution role. */
const tasksReadNoSecrets = rule(
  'tasks-read-no-secrets',
  'No task role reads secrets: ECS gives a container those that its definition lists',
  on('aws:iam/rolePolicy:RolePolicy', ({ policy }, { name }) =>
    name.endsWith('-task')
      ? eachAllowed(
          () => policy,
          ({ actions }) => [
            must(
              () => !actions.some((action) => covers(action, 'secretsmanager:GetSecretValue')),
              'leave secretsmanager:GetSecretValue to the execution role',
            ),
          ],
        )
      : [],
  ),
);

/** `*`, or all of a service: `arn:aws:s3:::*`, `arn:aws:ecs:*:*:*`. */
function isWild(resource: string): boolean {
  return /^[*?:]+$/.test(resource.replace(/^arn:[^:]*:[^:]*:[^:]*:[^:]*:/, ''));
}

function covers(given: string, action: string): boolean {
  const pattern = given
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${pattern}$`, 'i').test(action);
}

export const permissionRules: readonly Rule[] = [
  noWildcards,
  weightyNamed,
  noAdministrator,
  tasksReadNoSecrets,
];
