import type { Row } from './mutation.ts';

const letIn = 'delivery: a workflow is let in by its repository and kind of run';
const widens = 'delivery: what delivers makes roles within the boundary, and can’t widen itself';
const alone = 'delivery: what another stack has is not touched, by its name or by its tags';
const reads = 'delivery: who only reads learns nothing of what others keep';
const records = 'delivery: in a hosted zone the records of the stack’s own name are changed alone';
const noMore = 'a role has the permissions that are written here and no more';

/** What breaks how far a workflow gets. */
export const deliveryRows: readonly Row[] = [
  [letIn, 'infra/delivery.ts', '`repo:${repository}:${sub}`', '`repo:${repository}:*`'],
  [letIn, 'infra/delivery.ts', '[`${host}:aud`]: audience, ', ''],
  [
    'delivery: every other role is within the boundary',
    'infra/clinic.ts',
    'delivery ? [delivery.bounds] : []',
    '[]',
  ],
  [widens, 'infra/delivery/roles.ts', "'iam:PermissionsBoundary': boundaryArn", ''],
  [widens, 'infra/delivery/roles.ts', "Effect: 'Deny',", "Effect: 'Allow',"],
  [alone, 'infra/delivery/place.ts', "Effect: 'Deny',", "Effect: 'Allow',"],
  [alone, 'infra/delivery/place.ts', 'Object.entries({ project, stack })', 'Object.entries({ project })'],
  [alone, 'infra/delivery/data.ts', '`db:${scope}-*`', '`db:*`'],
  [
    alone,
    'infra/delivery.ts',
    'place.apply(previewing)',
    'place.apply((known) => previewing(known).slice(0, -2))',
  ],
  [reads, 'infra/delivery/reading.ts', '`function:${scope}-*`', "'*'"],
  [reads, 'infra/delivery/reading.ts', '`arn:${partition}:s3:::${scope}-*`', "'*'"],
  [reads, 'infra/delivery/reading.ts', "'aws:ResourceTag/stack': stack", ''],
  [
    'delivery: GitHub stays known to the account when the stack goes',
    'infra/delivery.ts',
    'retainOnDelete: true',
    'retainOnDelete: false',
  ],
  [records, 'infra/delivery/network.ts', 'hostedzone/${hostedZoneId}', 'hostedzone/*'],
  [records, 'infra/delivery/network.ts', '[domain, `_*.${domain}`]', "['*']"],
  [
    noMore,
    'infra/delivery.ts',
    'policyArn: granted.arn',
    "policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess'",
  ],
  [noMore, 'infra/delivery.ts', 'role: role.name,', "role: 'clinic-prod-preview',"],
];
