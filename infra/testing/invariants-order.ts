import * as pulumi from '@pulumi/pulumi';
import { all } from './find.ts';
import { balancer, fargate, faulty, type Invariants } from './parts.ts';

/** What holds in a preview that does not know something of the network yet: who waits for that is not given subnets. */
export function orderInvariants(awaited: string): Invariants {
  return {
    [`order: tasks wait for ${awaited}`]: (stack) =>
      faulty(all(stack, fargate), 'networkConfiguration.subnets', pulumi.isUnknown),
    [`order: the load balancer waits for ${awaited}`]: (stack) =>
      faulty(all(stack, balancer), 'subnetIds', pulumi.isUnknown),
    [`order: the database does not wait for ${awaited}`]: (stack) =>
      faulty(all(stack, 'aws:rds/subnetGroup:SubnetGroup'), 'subnetIds', Array.isArray),
  };
}
