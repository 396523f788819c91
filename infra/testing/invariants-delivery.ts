import { isValues, type Values } from './account.ts';
import { all, at, one, statementsOf } from './find.ts';
import { faulty, is, wrong, type Invariants } from './parts.ts';
import type { LoadedStack } from './stack.ts';

const role = 'aws:iam/role:Role';
const delivers = /-(deploy|drift|preview)$/;

const letsIn =
  (stack: string) =>
  ({ Condition }: Values): boolean => {
    const { StringEquals } = isValues(Condition) ? Condition : {};
    if (!isValues(StringEquals)) return false;
    const subject = String(StringEquals['token.actions.githubusercontent.com:sub']);
    return (
      /^repo:[^:*?]+\/[^:*?]+:environment:(drift-|preview-)?([^:*?]+)$/.exec(subject)?.[2] === stack &&
      StringEquals['token.actions.githubusercontent.com:aud'] === 'sts.amazonaws.com'
    );
  };

/**
 * By a region and tags, by the tags of a pool or a secret, by the network, by names in a zone; images are taken over from
 * the stack before; Amazon's own rules and groups belong to no stack.
 */
const boundOtherwise =
  /^\*$|:userpool\/\*$|:secret:rds!cluster-\*$|:og:default:\*$|:pg:default\.\*$|:dbuser:\*$|:hostedzone\/Z[A-Z0-9]+$|:\*:repository\/clinic-\*\/\*$|:regional\/managedruleset\/\*$/;

const statementsIn = (stack: LoadedStack): Values[] =>
  all(stack, 'aws:iam/policy:Policy').flatMap((policy) => statementsOf(at(policy, 'policy')));

/** The statements of all policies that a role of GitHub's workflows has. */
const grantedTo = (stack: LoadedStack, takes: string): Values[] =>
  all(stack, 'aws:iam/rolePolicyAttachment:RolePolicyAttachment')
    .filter(({ inputs }) => inputs.role === takes)
    .flatMap(({ name }) => statementsOf(at(one(stack, 'aws:iam/policy:Policy', name), 'policy')));

const deniesOthers =
  (tag: string) =>
  ({ Effect, Condition }: Values): boolean =>
    Effect === 'Deny' &&
    isValues(Condition) &&
    isValues(Condition.StringNotEquals) &&
    `aws:ResourceTag/${tag}` in Condition.StringNotEquals;

/** What a reader would learn of others: images, code, names of objects, and the secret of a pool's client. */
const telling =
  /^(ecr:(BatchGetImage|GetDownloadUrlForLayer)|lambda:GetFunction|s3:ListBucket|cognito-idp:DescribeUserPoolClient)$/;

const boundToTags = (Condition: unknown): boolean =>
  isValues(Condition) &&
  isValues(Condition.StringEquals) &&
  ['project', 'stack'].every((tag) => `aws:ResourceTag/${tag}` in Object(Condition.StringEquals));

const recordNames = ({ Condition }: Values): unknown => {
  const like = isValues(Condition) ? Condition['ForAllValues:StringLike'] : undefined;
  return isValues(like) ? like['route53:ChangeResourceRecordSetsNormalizedRecordNames'] : undefined;
};

/** How a workflow gets into the account of a stack, and how far. */
export const deliveryInvariants = (name: string): Invariants => ({
  'delivery: a workflow is let in by its repository and kind of run': (stack) =>
    faulty(
      all(stack, role).filter((taken) => delivers.test(taken.name)),
      'assumeRolePolicy',
      (policy) => statementsOf(policy).every(letsIn(name)),
    ),
  'delivery: every other role is within the boundary': (stack) =>
    faulty(
      all(stack, role).filter((taken) => !delivers.test(taken.name)),
      'permissionsBoundary',
      (boundary) => boundary !== undefined,
    ),
  'delivery: what delivers makes roles within the boundary, and can’t widen itself': (stack) => {
    const statements = statementsIn(stack);
    const bounded = statements.some(
      ({ Action, Condition }) =>
        String(Action).includes('iam:CreateRole') && JSON.stringify(Condition).includes('-boundary'),
    );
    const denied = statements.some(
      ({ Effect, Resource }) => Effect === 'Deny' && String(Resource).includes('-deploy'),
    );
    return [...(bounded ? [] : ['no boundary']), ...(denied ? [] : ['nothing is denied'])];
  },
  'delivery: what another stack has is not touched, by its name or by its tags': (stack) => {
    const statements = statementsIn(stack);
    const named = statements.flatMap(({ Resource }) => (Array.isArray(Resource) ? Resource.map(String) : []));
    const unnamed = named.filter(
      (resource) => !resource.includes(`clinic-${name}`) && !boundOtherwise.test(resource),
    );
    const tags = ['deploy', 'drift', 'preview'].flatMap((purpose) =>
      ['project', 'stack']
        .filter((tag) => !grantedTo(stack, `clinic-${name}-${purpose}`).some(deniesOthers(tag)))
        .map((tag) => `${purpose} is not denied by the tag ${tag}`),
    );
    return [...unnamed, ...tags];
  },
  'delivery: GitHub stays known to the account when the stack goes': (stack) =>
    all(stack, 'aws:iam/openIdConnectProvider:OpenIdConnectProvider')
      .filter(({ stays }) => !stays)
      .map((provider) => provider.name),
  'delivery: who only reads learns nothing of what others keep': (stack) =>
    ['drift', 'preview'].flatMap((purpose) =>
      grantedTo(stack, `clinic-${name}-${purpose}`)
        .filter(({ Effect, Resource, Condition }) => {
          const named =
            Array.isArray(Resource) && Resource.every((one) => String(one).includes(`clinic-${name}`));
          return Effect === 'Allow' && !named && !boundToTags(Condition);
        })
        .flatMap(({ Action }) => (Array.isArray(Action) ? Action.map(String) : []))
        .filter((action) => telling.test(action)),
    ),
  'delivery: in a hosted zone the records of the stack’s own name are changed alone': (stack) => {
    const records = all(stack, 'aws:route53/record:Record').map(({ inputs }) => inputs);
    const zones = [...new Set(records.map(({ zoneId }) => `arn:aws:route53:::hostedzone/${String(zoneId)}`))];
    const names = records
      .filter(({ type }) => type === 'A')
      .flatMap(({ name }) => [name, `_*.${String(name)}`]);
    const changing = statementsIn(stack).filter(({ Action }) => String(Action).includes('route53:Change'));
    if (records.length === 0) return changing.map(({ Resource }) => String(Resource));
    return wrong(
      changing.map((values) => ({ of: String(values.Action), values })),
      (statement) => is(zones)(statement.Resource) && is(names)(recordNames(statement)),
    );
  },
});
