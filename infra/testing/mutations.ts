import { accessRows } from './mutations/access.ts';
import { dataRows } from './mutations/data.ts';
import { deliveryRows } from './mutations/delivery.ts';
import { deploymentRows } from './mutations/deployment.ts';
import { domainRows } from './mutations/domain.ts';
import { identityRows } from './mutations/identity.ts';
import type { Mutation } from './mutations/mutation.ts';
import { networkRows } from './mutations/network.ts';
import { operationsRows } from './mutations/operations.ts';
import { partsRows } from './mutations/parts.ts';
import { routingRows } from './mutations/routing.ts';
import { stacksRows } from './mutations/stacks.ts';

const rows = [
  ...networkRows,
  ...routingRows,
  ...deploymentRows,
  ...accessRows,
  ...dataRows,
  ...identityRows,
  ...operationsRows,
  ...stacksRows,
  ...domainRows,
  ...deliveryRows,
  ...partsRows,
];

export const mutations: readonly Mutation[] = rows.map(([invariant, file, from, to]) => ({
  invariant,
  file,
  from,
  to,
}));
