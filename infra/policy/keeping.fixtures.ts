import { accepts, given, refuses, unknown, type Cases } from './case.fixtures.ts';

const logGroup = 'aws:cloudwatch/logGroup:LogGroup';
const bucket = 'aws:s3/bucket:Bucket';
const block = 'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock';
const cluster = 'aws:rds/cluster:Cluster';
const balancer = 'aws:lb/loadBalancer:LoadBalancer';
const repository = 'aws:ecr/repository:Repository';

const prod = { stack: 'prod' };
const closed = {
  bucket: unknown,
  blockPublicAcls: true,
  blockPublicPolicy: true,
  ignorePublicAcls: true,
  restrictPublicBuckets: true,
};
const lasting = {
  deletionProtection: true,
  skipFinalSnapshot: false,
  finalSnapshotIdentifier: 'clinic-prod-final',
  backupRetentionPeriod: 14,
};
const passing = { skipFinalSnapshot: true, backupRetentionPeriod: 1 };

export const keepingCases: Cases = {
  'logs-are-kept-for-a-time': [
    accepts('a week', given(logGroup, { retentionInDays: 7 })),
    refuses(
      'for ever',
      given(logGroup, { name: '/clinic-dev/patient' }),
      'set retentionInDays, for the program by clinic:logRetentionDays',
    ),
    refuses(
      'what AWS calls never',
      given(logGroup, { retentionInDays: 0 }),
      'set retentionInDays, for the program by clinic:logRetentionDays',
    ),
  ],
  'buckets-are-closed': [
    accepts('a block of everything public', given(block, closed)),
    accepts(
      'what is given to its owner',
      given('aws:s3/bucketAcl:BucketAcl', { acl: 'private', bucket: unknown }),
    ),
    refuses(
      'a block with a gap',
      given(block, { ...closed, blockPublicPolicy: false }),
      'set blockPublicPolicy to true',
    ),
    refuses(
      'what everyone may read',
      given('aws:s3/bucketAcl:BucketAcl', { acl: 'public-read', bucket: unknown }),
      'set acl to private',
    ),
  ],
  'buckets-have-a-public-access-block': [
    accepts(
      'a bucket that has',
      given(bucket, {}),
      given(block, closed, { name: 'its-block', needs: { bucket: [given(bucket, {}).urn] } }),
    ),
    accepts('a stack without buckets', given(logGroup, {})),
    refuses(
      'one of two that has not',
      [
        given(bucket, {}, { name: 'closed' }),
        given(bucket, {}, { name: 'open' }),
        given(block, closed, { needs: { bucket: [given(bucket, {}, { name: 'closed' }).urn] } }),
      ],
      'open: add a BucketPublicAccessBlock whose bucket is its id',
    ),
  ],
  'prod-is-not-deleted-by-mistake': [
    accepts('a database that lasts', given(cluster, lasting, prod)),
    accepts('a load balancer that lasts', given(balancer, { enableDeletionProtection: true }, prod)),
    accepts(
      'what dev leaves behind',
      given(cluster, passing),
      given(balancer, {}),
      given(bucket, { forceDestroy: true }),
    ),
    accepts('a stack that merely sounds so', given(cluster, passing, { stack: 'preprod' })),
    refuses(
      'a database that goes without a trace',
      given(cluster, passing, prod),
      'set deletionProtection to true, clinic:deletionProtection',
      'set skipFinalSnapshot to false, clinic:finalSnapshot',
      'set finalSnapshotIdentifier; without it the database can not be deleted at all',
      'set backupRetentionPeriod to 7 or more, clinic:backupRetentionDays',
    ),
    refuses(
      'the same in a second stack of prod',
      given(cluster, { ...lasting, deletionProtection: false }, { stack: 'prodeu' }),
      'set deletionProtection to true, clinic:deletionProtection',
    ),
    refuses(
      'a load balancer that goes',
      given(balancer, {}, prod),
      'set enableDeletionProtection to true, clinic:deletionProtection',
    ),
    refuses(
      'images that go with their repository',
      given(repository, { forceDelete: true }, prod),
      'set forceDelete to false, clinic:deletionProtection',
    ),
    refuses(
      'logs that go with their bucket',
      given(bucket, { forceDestroy: true }, prod),
      'set forceDestroy to false, clinic:deletionProtection',
    ),
  ],
  'prod-has-no-shell': [
    accepts('none', given('aws:ecs/service:Service', { enableExecuteCommand: false }, prod)),
    accepts('one in dev', given('aws:ecs/service:Service', { enableExecuteCommand: true })),
    refuses(
      'one in prod',
      given('aws:ecs/service:Service', { enableExecuteCommand: true }, prod),
      'set enableExecuteCommand to false, clinic:ecsExec',
    ),
  ],
};
