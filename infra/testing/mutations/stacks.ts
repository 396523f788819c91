import type { Row } from './mutation.ts';

const dev = 'infra/testing/stacks/Pulumi.dev.yaml';
const prod = 'infra/testing/stacks/Pulumi.prod.yaml';

/** What a stack is for: dev to be cheap, prod to stay. */
export const stacksRows: readonly Row[] = [
  [
    'dev: one NAT gateway serves two zones',
    dev,
    'clinic:natGateways: Single',
    'clinic:natGateways: OnePerAz',
  ],
  ['dev: one NAT gateway serves two zones', dev, 'clinic:zones: 2', 'clinic:zones: 3'],
  [
    'dev: a service begins with one task and has two at most',
    dev,
    'clinic:minTasks: 1',
    'clinic:minTasks: 2',
  ],
  [
    'dev: a service begins with one task and has two at most',
    dev,
    'clinic:maxTasks: 2',
    'clinic:maxTasks: 20',
  ],
  [
    'dev: tasks and database are as small as they get',
    dev,
    "clinic:databaseMaxAcu: '1'",
    "clinic:databaseMaxAcu: '16'",
  ],
  [
    'dev: tasks and database are as small as they get',
    dev,
    'clinic:databaseReader: false',
    'clinic:databaseReader: true',
  ],
  ['dev: tasks and database are as small as they get', 'Pulumi.yaml', 'default: 512', 'default: 1024'],
  ['dev: nothing stays behind', dev, 'clinic:deletionProtection: false', 'clinic:deletionProtection: true'],
  ['dev: nothing stays behind', dev, '  clinic:finalSnapshot: false\n', ''],
  [
    'prod: nothing is deleted by mistake',
    prod,
    'clinic:deletionProtection: true',
    'clinic:deletionProtection: false',
  ],
  [
    'prod: a deleted database leaves a snapshot',
    prod,
    'clinic:finalSnapshot: true',
    'clinic:finalSnapshot: false',
  ],
  ['prod: a zone less is survived', prod, 'clinic:natGateways: OnePerAz', 'clinic:natGateways: Single'],
  ['prod: a zone less is survived', prod, 'clinic:databaseReader: true', 'clinic:databaseReader: false'],
  ['prod: nobody opens a shell in a task', prod, 'clinic:ecsExec: false', 'clinic:ecsExec: true'],
  [
    'prod: nothing is deleted by mistake',
    'infra/config.ts',
    'keepImages: deletionProtection',
    'keepImages: false',
  ],
  [
    'prod: access logs are not deleted with their bucket',
    'infra/access-logs.ts',
    'forceDestroy: !args.keep',
    'forceDestroy: true',
  ],
  [
    'prod: access logs are not deleted with their bucket',
    'infra/ingress.ts',
    'keep: args.deletionProtection',
    'keep: !args.deletionProtection',
  ],
  [
    'prod: the database can be set back by two weeks',
    prod,
    'clinic:backupRetentionDays: 14',
    'clinic:backupRetentionDays: 1',
  ],
  ['prod: a zone less is survived', prod, 'clinic:zones: 3', 'clinic:zones: 2'],
  ['prod: a zone less is survived', prod, 'clinic:minTasks: 2', 'clinic:minTasks: 1'],
  ['prod: a zone less is survived', 'infra/scaling.ts', 'minCapacity: args.minTasks', 'minCapacity: 1'],
  ['prod: logs are kept for a year', prod, 'clinic:logRetentionDays: 365', 'clinic:logRetentionDays: 7'],
  [
    'prod: logs are kept for a year',
    'infra/flow-logs.ts',
    'retentionInDays: args.logRetentionDays',
    'retentionInDays: 1',
  ],
  ['prod: the firewall is before the load balancer', prod, 'clinic:waf: true', 'clinic:waf: false'],
  [
    'prod: the firewall is before the load balancer',
    'infra/firewall.ts',
    'resourceArn: args.loadBalancerArn',
    'resourceArn: acl.arn',
  ],
  [
    'prod: the firewall is before the load balancer',
    'infra/firewall.ts',
    'webAclArn: acl.arn',
    'webAclArn: args.loadBalancerArn',
  ],
  [
    'prod: the flow of packets is logged, by a role that VPC flow logs alone may take',
    prod,
    'clinic:flowLogs: true',
    'clinic:flowLogs: false',
  ],
  [
    'prod: the flow of packets is logged, by a role that VPC flow logs alone may take',
    'infra/flow-logs.ts',
    "Service: 'vpc-flow-logs.amazonaws.com'",
    "Service: 'ec2.amazonaws.com'",
  ],
  [
    'prod: the flow of packets is logged, by a role that VPC flow logs alone may take',
    'infra/flow-logs.ts',
    "trafficType: 'ALL'",
    "trafficType: 'REJECT'",
  ],
  [
    'prod: access logs are written, and by load balancers alone',
    prod,
    'clinic:accessLogs: true',
    'clinic:accessLogs: false',
  ],
  [
    'prod: access logs are written, and by load balancers alone',
    'infra/access-logs.ts',
    "Principal: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' }",
    "Principal: '*'",
  ],
  [
    'prod: access logs are closed to the public and read over TLS',
    'infra/access-logs.ts',
    'blockPublicPolicy: true',
    'blockPublicPolicy: false',
  ],
  [
    'prod: access logs are closed to the public and read over TLS',
    'infra/access-logs.ts',
    "Effect: 'Deny'",
    "Effect: 'Allow'",
  ],
  [
    'prod: access logs go when their time is over',
    'infra/access-logs.ts',
    "status: 'Enabled'",
    "status: 'Disabled'",
  ],
];
