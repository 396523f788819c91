import { isValues } from './account.ts';
import { all, statementsOf, waitedFor } from './find.ts';
import { balancer, fargate, faulty, is, vpc, wrong, type Invariants } from './parts.ts';

const cluster = 'aws:rds/cluster:Cluster';
const instance = 'aws:rds/clusterInstance:ClusterInstance';
const target = 'aws:appautoscaling/target:Target';
const logGroup = 'aws:cloudwatch/logGroup:LogGroup';
const bucket = 'aws:s3/bucket:Bucket';

/** What holds in a stack that must be cheap. */
export const devInvariants: Invariants = {
  'dev: one NAT gateway serves two zones': (stack) => [
    ...faulty(all(stack, vpc), 'numberOfAvailabilityZones', is(2)),
    ...faulty(all(stack, vpc), 'natGateways.strategy', is('Single')),
  ],
  'dev: a service begins with one task and has two at most': (stack) => [
    ...faulty(all(stack, fargate), 'desiredCount', is(1)),
    ...faulty(all(stack, target), 'minCapacity', is(1)),
    ...faulty(all(stack, target), 'maxCapacity', is(2)),
  ],
  'dev: tasks and database are as small as they get': (stack) => [
    ...faulty(all(stack, fargate), 'taskDefinitionArgs.cpu', is('256')),
    ...faulty(all(stack, fargate), 'taskDefinitionArgs.memory', is('512')),
    ...faulty(all(stack, cluster), 'serverlessv2ScalingConfiguration.maxCapacity', is(1)),
    ...(all(stack, instance).length === 1 ? [] : ['a reader']),
  ],
  'dev: nothing stays behind': (stack) => [
    ...faulty(all(stack, cluster), 'deletionProtection', is(false)),
    ...faulty(all(stack, cluster), 'skipFinalSnapshot', is(true)),
    ...faulty(all(stack, balancer), 'enableDeletionProtection', is(false)),
    ...faulty(all(stack, 'aws:ecr/repository:Repository'), 'forceDelete', is(true)),
  ],
};

/** What holds in a stack that must not be lost. */
export const prodInvariants: Invariants = {
  'prod: nothing is deleted by mistake': (stack) => [
    ...faulty(all(stack, cluster), 'deletionProtection', is(true)),
    ...faulty(all(stack, balancer), 'enableDeletionProtection', is(true)),
    ...faulty(all(stack, 'aws:ecr/repository:Repository'), 'forceDelete', is(false)),
    ...faulty(all(stack, 'aws:cognito/userPool:UserPool'), 'deletionProtection', is('ACTIVE')),
  ],
  'prod: access logs are not deleted with their bucket': (stack) =>
    faulty(all(stack, bucket), 'forceDestroy', is(false)),
  'prod: a deleted database leaves a snapshot': (stack) =>
    faulty(all(stack, cluster), 'skipFinalSnapshot', is(false)),
  'prod: the database can be set back by two weeks': (stack) =>
    faulty(all(stack, cluster), 'backupRetentionPeriod', is(14)),
  'prod: a zone less is survived': (stack) => [
    ...faulty(all(stack, vpc), 'numberOfAvailabilityZones', is(3)),
    ...faulty(all(stack, vpc), 'natGateways.strategy', is('OnePerAz')),
    ...faulty(all(stack, fargate), 'desiredCount', (count) => Number(count) >= 2),
    ...faulty(all(stack, target), 'minCapacity', (count) => Number(count) >= 2),
    ...(all(stack, instance).length >= 2 ? [] : ['no reader']),
  ],
  'prod: logs are kept for a year': (stack) => faulty(all(stack, logGroup), 'retentionInDays', is(365)),
  'prod: nobody opens a shell in a task': (stack) =>
    faulty(all(stack, fargate), 'enableExecuteCommand', is(false)),
  'prod: the firewall is before the load balancer': (stack) => {
    const association = all(stack, 'aws:wafv2/webAclAssociation:WebAclAssociation');
    return [
      ...faulty(association, 'resourceArn', (arn) => String(arn).endsWith(':loadbalancer/app/clinic-prod/1')),
      ...faulty(association, 'webAclArn', is('arn:aws:mock:::aws:wafv2/webAcl:WebAcl/clinic-prod')),
    ];
  },
  'prod: the flow of packets is logged, by a role that VPC flow logs alone may take': (stack) => [
    ...faulty(all(stack, 'aws:ec2/flowLog:FlowLog'), 'trafficType', is('ALL')),
    ...faulty(
      all(stack, 'aws:iam/role:Role').filter(({ name }) => name.endsWith('-flow-logs')),
      'assumeRolePolicy',
      (policy) =>
        is([{ Service: 'vpc-flow-logs.amazonaws.com' }])(
          statementsOf(policy).map(({ Principal }) => Principal),
        ),
    ),
  ],
  'prod: access logs are written, and by load balancers alone': (stack) => [
    ...faulty(all(stack, balancer), 'accessLogs.enabled', is(true)),
    ...faulty(all(stack, 'aws:s3/bucketPolicy:BucketPolicy'), 'policy', (policy) =>
      is([{ Service: 'logdelivery.elasticloadbalancing.amazonaws.com' }])(
        statementsOf(policy)
          .filter(({ Effect }) => Effect === 'Allow')
          .map(({ Principal }) => Principal),
      ),
    ),
  ],
  'prod: access logs are closed to the public and read over TLS': (stack) => {
    const closed = all(stack, 'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock');
    return [
      ...['blockPublicAcls', 'blockPublicPolicy', 'ignorePublicAcls', 'restrictPublicBuckets'].flatMap(
        (setting) => faulty(closed, setting, is(true)),
      ),
      ...faulty(all(stack, 'aws:s3/bucketPolicy:BucketPolicy'), 'policy', (policy) =>
        statementsOf(policy).some(
          ({ Effect, Condition }) =>
            Effect === 'Deny' &&
            isValues(Condition) &&
            is({ 'aws:SecureTransport': 'false' })(Condition.Bool),
        ),
      ),
    ];
  },
  'prod: access logs go when their time is over': (stack) =>
    faulty(
      all(stack, 'aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration'),
      'rules',
      is([{ expiration: { days: 365 }, filter: {}, id: 'expire', status: 'Enabled' }]),
    ),
};

/** What holds under a domain of one's own. */
export const domainInvariants: Invariants = {
  'domain: HTTP is redirected to HTTPS': (stack) =>
    faulty(
      all(stack, balancer),
      'listener.defaultActions',
      is([{ redirect: { port: '443', protocol: 'HTTPS', statusCode: 'HTTP_301' }, type: 'redirect' }]),
    ),
  'domain: TLS is 1.2 at least': (stack) =>
    faulty(all(stack, 'aws:lb/listener:Listener'), 'sslPolicy', (policy) =>
      String(policy).startsWith('ELBSecurityPolicy-TLS13-1-2'),
    ),
  'domain: the certificate is proved by a record of its own zone': (stack) => {
    const proof = all(stack, 'aws:route53/record:Record').filter(({ name }) => name.endsWith('-validation'));
    return [
      ...faulty(all(stack, 'aws:acm/certificate:Certificate'), 'validationMethod', is('DNS')),
      ...faulty(proof, 'name', is('_proof.api.clinic.example')),
      ...faulty(proof, 'records', is(['_proof.acm.example'])),
      ...faulty(proof, 'allowOverwrite', is(true)),
    ];
  },
  'domain: HTTPS is served once the certificate is issued': (stack) =>
    wrong(
      all(stack, 'aws:lb/listener:Listener').map((listener) => ({
        of: listener.name,
        values: waitedFor(listener, 'certificateArn'),
      })),
      (types) => types.includes('aws:acm/certificateValidation:CertificateValidation'),
    ),
};
