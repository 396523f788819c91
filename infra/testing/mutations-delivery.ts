import type { MutationRow } from './parts.ts';

const letIn = 'delivery: a workflow is let in by its repository and kind of run';
const widens = 'delivery: what delivers makes roles within the boundary, and can’t widen itself';

/** What breaks how far a workflow gets. */
export const deliveryMutations: readonly MutationRow[] = [
  [letIn, 'infra/delivery.ts', '`repo:${repository}:${sub}`', '`repo:${repository}:*`'],
  [letIn, 'infra/delivery.ts', '[`${host}:aud`]: audience, ', ''],
  [
    'delivery: every other role is within the boundary',
    'infra/clinic.ts',
    'delivery ? [delivery.bounds] : []',
    '[]',
  ],
  [widens, 'infra/delivery/permissions.ts', "'iam:PermissionsBoundary': boundaryArn", ''],
  [widens, 'infra/delivery/permissions.ts', "Effect: 'Deny',", "Effect: 'Allow',"],
];
