import { isValues, type Values } from './account.ts';
import { all, at, statementsOf } from './find.ts';
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

/** By a region and tags, by the tags of a secret, by the network, by names in a zone; Amazon's own rules belong to no stack. */
const boundOtherwise =
  /^\*$|:secret:rds!cluster-\*$|:dbuser:\*$|:hostedzone\/Z[A-Z0-9]+$|:regional\/managedruleset\/\*$/;

const statementsIn = (stack: LoadedStack): Values[] =>
  all(stack, 'aws:iam/policy:Policy').flatMap((one) => statementsOf(at(one, 'policy')));

const recordNames = ({ Condition }: Values): unknown => {
  const like = isValues(Condition) ? Condition['ForAllValues:StringLike'] : undefined;
  return isValues(like) ? like['route53:ChangeResourceRecordSetsNormalizedRecordNames'] : undefined;
};

/** How a workflow gets into the account of a stack, and how far. */
export const deliveryInvariants = (name: string): Invariants => ({
  'delivery: a workflow is let in by its repository and kind of run': (stack) =>
    faulty(
      all(stack, role).filter((one) => delivers.test(one.name)),
      'assumeRolePolicy',
      (policy) => statementsOf(policy).every(letsIn(name)),
    ),
  'delivery: every other role is within the boundary': (stack) =>
    faulty(
      all(stack, role).filter((one) => !delivers.test(one.name)),
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
    const tags = ['project', 'stack'].filter(
      (tag) =>
        !statements.some(
          ({ Effect, Condition }) =>
            Effect === 'Deny' &&
            isValues(Condition) &&
            isValues(Condition.StringNotEquals) &&
            `aws:ResourceTag/${tag}` in Condition.StringNotEquals,
        ),
    );
    return [...unnamed, ...tags];
  },
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
