import { must, on, rule, type Demand, type Resource, type Rule } from './rule.ts';

/** Begins the names of the stacks that must not be lost: `prod` itself, `prodeu`. */
const kept = 'prod';

/** `urn:pulumi:STACK::PROJECT::TYPE::NAME` */
function inProd(resource: Resource, demands: () => readonly Demand[]): readonly Demand[] {
  const stack = /^urn:pulumi:(.*?)::/.exec(resource.urn)?.[1] ?? '';
  return stack.startsWith(kept) ? demands() : [];
}

const protectedData = rule(
  'prod-is-not-deleted-by-mistake',
  'In prod, what holds data refuses to be deleted, and leaves a copy',
  on(['aws:rds/cluster:Cluster', 'aws:rds/instance:Instance'], (database, resource) =>
    inProd(resource, () => [
      must(
        () => database.deletionProtection === true,
        'set deletionProtection to true, clinic:deletionProtection',
      ),
      must(() => database.skipFinalSnapshot !== true, 'set skipFinalSnapshot to false, clinic:finalSnapshot'),
      must(
        () => (database.finalSnapshotIdentifier ?? '') !== '',
        'set finalSnapshotIdentifier; without it the database can not be deleted at all',
      ),
      must(
        () => (database.backupRetentionPeriod ?? 1) >= 7,
        'set backupRetentionPeriod to 7 or more, clinic:backupRetentionDays',
      ),
    ]),
  ),
  on(['aws:lb/loadBalancer:LoadBalancer', 'awsx:lb:ApplicationLoadBalancer'], (balancer, resource) =>
    inProd(resource, () => [
      must(
        () =>
          resource.type.startsWith('awsx:')
            ? balancer.enableDeletionProtection !== false
            : balancer.enableDeletionProtection === true,
        'set enableDeletionProtection to true, clinic:deletionProtection',
      ),
    ]),
  ),
  on('aws:ecr/repository:Repository', (repository, resource) =>
    inProd(resource, () => [
      must(() => repository.forceDelete !== true, 'set forceDelete to false, clinic:deletionProtection'),
    ]),
  ),
  on('aws:s3/bucket:Bucket', (bucket, resource) =>
    inProd(resource, () => [
      must(() => bucket.forceDestroy !== true, 'set forceDestroy to false, clinic:deletionProtection'),
    ]),
  ),
);

const noShell = rule(
  'prod-has-no-shell',
  'In prod nobody opens a shell in a task',
  on(['aws:ecs/service:Service', 'awsx:ecs:FargateService'], (service, resource) =>
    inProd(resource, () => [
      must(() => service.enableExecuteCommand !== true, 'set enableExecuteCommand to false, clinic:ecsExec'),
    ]),
  ),
);

export const prodRules: readonly Rule[] = [protectedData, noShell];
