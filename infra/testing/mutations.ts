import { deliveryMutations } from './mutations-delivery.ts';
import { identityMutations } from './mutations-identity.ts';
import { operationsMutations } from './mutations-operations.ts';
import type { MutationRow } from './parts.ts';

/** A change of one line that breaks an invariant. */
export interface Mutation {
  readonly invariant: string;
  /** Below the root of the repository. */
  readonly file: string;
  /** Occurs in the file exactly once. */
  readonly from: string;
  readonly to: string;
}

const rows: readonly MutationRow[] = [
  ['tasks have no public address', 'infra/service.ts', 'assignPublicIp: false', 'assignPublicIp: true'],
  ['tasks run in private subnets', 'infra/clinic.ts', 'network.privateSubnetIds', 'network.publicSubnetIds'],
  [
    'the load balancer is in public subnets',
    'infra/clinic.ts',
    'network.publicSubnetIds',
    'network.privateSubnetIds',
  ],
  [
    'the database is in isolated subnets',
    'infra/clinic.ts',
    'network.isolatedSubnetIds',
    'network.privateSubnetIds',
  ],
  [
    'host names resolve inside the network',
    'infra/network.ts',
    'enableDnsHostnames: true',
    'enableDnsHostnames: false',
  ],
  [
    'S3 is reached by a gateway endpoint',
    'infra/network.ts',
    "{ serviceName: `com.amazonaws.${args.region}.s3`, vpcEndpointType: 'Gateway' },",
    '',
  ],

  [
    'every path of the catalogue has a rule',
    'infra/clinic.ts',
    'const services = catalogue.map(',
    'const services = catalogue.slice(1).map(',
  ],
  [
    'every path of the catalogue has a rule',
    'libs/catalogue/src/index.ts',
    'return [service.prefix, `${service.prefix}/*`]',
    'return [service.prefix, service.prefix]',
  ],
  [
    'a rule has the priority of its port',
    'infra/naming.ts',
    '((port - 1) % lastPriority) + 1',
    '(port % 1000) + 1',
  ],
  ['a rule has the priority of its port', 'infra/route.ts', 'priority: rulePriority(service.port),', ''],
  [
    'a service has one port, from the load balancer to its container',
    'infra/service.ts',
    'containerPort: args.service.port',
    'containerPort: args.service.port + 1',
  ],
  [
    'a service has one port, from the load balancer to its container',
    'infra/route.ts',
    'port: service.port,',
    'port: 80,',
  ],
  [
    'a service has one port, from the load balancer to its container',
    'infra/containers.ts',
    'containerPort: service.port',
    'containerPort: 3000',
  ],
  ['targets are addresses of tasks', 'infra/route.ts', "targetType: 'ip'", "targetType: 'instance'"],
  [
    'a target is asked whether it is live',
    'infra/route.ts',
    'path: livePath(service)',
    'path: `${service.prefix}/health/ready`',
  ],
  ['a path of no service answers 404', 'infra/ingress.ts', "statusCode: '404'", "statusCode: '200'"],
  ['a path of no service answers 404', 'infra/ingress.ts', "type: 'fixed-response'", "type: 'forward'"],
  [
    'invalid headers are dropped',
    'infra/ingress.ts',
    'dropInvalidHeaderFields: true',
    'dropInvalidHeaderFields: false',
  ],

  [
    'a failed deployment stops',
    'infra/service.ts',
    'deploymentCircuitBreaker: { enable: true, rollback: true }',
    'deploymentCircuitBreaker: { enable: false, rollback: true }',
  ],
  [
    'a failed deployment is rolled back',
    'infra/service.ts',
    'deploymentCircuitBreaker: { enable: true, rollback: true }',
    'deploymentCircuitBreaker: { enable: true, rollback: false }',
  ],
  [
    'a deployment loses no capacity',
    'infra/service.ts',
    'deploymentMinimumHealthyPercent: 100',
    'deploymentMinimumHealthyPercent: 0',
  ],
  [
    'a deployment loses no capacity',
    'infra/service.ts',
    'deploymentMaximumPercent: 200',
    'deploymentMaximumPercent: 100',
  ],
  [
    'a stopping task finishes its answers',
    'infra/containers.ts',
    'deregistrationDelaySeconds = 30',
    'deregistrationDelaySeconds = 300',
  ],
  ['a stopping task finishes its answers', 'infra/containers.ts', 'stopTimeout: stopTimeoutSeconds,', ''],
  ['a service is made after its rule', 'infra/route.ts', 'after(group.arn, rule.arn)', 'after(group.arn)'],
  [
    'tasks grow with CPU and with requests',
    'infra/scaling.ts',
    "track('cpu', cpuTarget, { predefinedMetricType: 'ECSServiceAverageCPUUtilization' });",
    '',
  ],
  ['a service keeps its task family', 'infra/service.ts', 'family: name,', ''],

  [
    'only the load balancer is open to the internet',
    'infra/doors.ts',
    'securityGroupId: to, referencedSecurityGroupId: from',
    "securityGroupId: to, cidrIpv4: '0.0.0.0/0'",
  ],
  [
    'the load balancer is open on 80 and 443 alone',
    'infra/ingress.ts',
    'secure ? [80, 443] : [80]',
    '[80, 443, 22]',
  ],
  ['tasks speak to the internet on 443 alone', 'infra/doors.ts', 'fromPort: 443', 'fromPort: 0'],
  [
    'permissions name their actions and resources',
    'infra/roles.ts',
    '      args.repositoryArn,',
    "      '*',",
  ],
  [
    'permissions name their actions and resources',
    'infra/roles.ts',
    "['secretsmanager:GetSecretValue'], args.ownerSecretArn",
    "['secretsmanager:GetSecretValue'], '*'",
  ],
  ['permissions name their actions and resources', 'infra/roles.ts', "['rds-db:connect']", "['rds-db:*']"],
  [
    'the roles of tasks serve this account alone',
    'infra/roles.ts',
    "StringEquals: { 'aws:SourceAccount': accountId },",
    '',
  ],
  [
    'a task begins once it has its permissions',
    'infra/roles.ts',
    'return after(role.arn, permissions.id)',
    'return role.arn',
  ],
  [
    'the owner of the database is known to migrations alone',
    'infra/containers.ts',
    'essential: true,',
    "essential: true, secrets: [{ name: 'DATABASE_OWNER_PASSWORD', valueFrom: args.ownerSecretArn }],",
  ],
  [
    'no container writes to its root file system',
    'infra/containers.ts',
    'readonlyRootFilesystem: true',
    'readonlyRootFilesystem: false',
  ],
  ['no container runs as root', 'infra/containers.ts', "user: '1000:1000'", "user: '0:0'"],
  [
    'a container reaps its children',
    'infra/containers.ts',
    'initProcessEnabled: true',
    'initProcessEnabled: false',
  ],
  [
    'a service begins once its migration has succeeded',
    'infra/containers.ts',
    ", condition: 'SUCCESS'",
    ", condition: 'START'",
  ],
  [
    'a service begins once its migration has succeeded',
    'infra/containers.ts',
    ", dependsOn: [{ containerName: 'migrate', condition: 'SUCCESS' }]",
    '',
  ],
  [
    'an image is deployed by its digest',
    'infra/image.ts',
    'return image.repoDigest',
    'return image.imageName',
  ],

  [
    'the database has no public address',
    'infra/database.ts',
    'publiclyAccessible: false',
    'publiclyAccessible: true',
  ],
  [
    'the database takes TLS alone',
    'infra/database.ts',
    "name: 'rds.force_ssl', value: '1'",
    "name: 'rds.force_ssl', value: '0'",
  ],
  ['the database is encrypted', 'infra/database.ts', 'storageEncrypted: true', 'storageEncrypted: false'],
  [
    'services sign in by IAM',
    'infra/database.ts',
    'iamDatabaseAuthenticationEnabled: true',
    'iamDatabaseAuthenticationEnabled: false',
  ],
  [
    "the owner's password is known to RDS alone",
    'infra/database.ts',
    'manageMasterUserPassword: true',
    "masterPassword: 'clinic'",
  ],
  ['the database is backed up', 'infra/database.ts', 'backupRetentionPeriod: args.backupRetentionDays,', ''],
  [
    'tasks begin once the database has a writer',
    'infra/database.ts',
    'after(cluster.endpoint, ...made)',
    'after(cluster.endpoint)',
  ],
  ['tags of images never move', 'infra/repository.ts', "'IMMUTABLE'", "'MUTABLE'"],
  ['images are scanned when they come', 'infra/repository.ts', 'scanOnPush: true', 'scanOnPush: false'],
  ['the last twenty images are kept', 'infra/repository.ts', 'imagesKept = 20', 'imagesKept = 1'],
  [
    'logs are kept for a time, not for ever',
    'infra/service.ts',
    ', retentionInDays: args.logRetentionDays',
    '',
  ],

  [
    'prod: nothing is deleted by mistake',
    'Pulumi.prod.yaml',
    'clinic:deletionProtection: true',
    'clinic:deletionProtection: false',
  ],
  [
    'prod: a deleted database leaves a snapshot',
    'Pulumi.prod.yaml',
    'clinic:finalSnapshot: true',
    'clinic:finalSnapshot: false',
  ],
  [
    'prod: a zone less is survived',
    'Pulumi.prod.yaml',
    'clinic:natGateways: OnePerAz',
    'clinic:natGateways: Single',
  ],
  [
    'prod: a zone less is survived',
    'Pulumi.prod.yaml',
    'clinic:databaseReader: true',
    'clinic:databaseReader: false',
  ],
  [
    'prod: nobody opens a shell in a task',
    'Pulumi.prod.yaml',
    'clinic:ecsExec: false',
    'clinic:ecsExec: true',
  ],
  ['domain: HTTP is redirected to HTTPS', 'infra/ingress.ts', 'secure ? toHttps : noService', 'noService'],
  [
    'domain: TLS is 1.2 at least',
    'infra/ingress.ts',
    'ELBSecurityPolicy-TLS13-1-2-2021-06',
    'ELBSecurityPolicy-2016-08',
  ],
];

export const mutations: readonly Mutation[] = [
  ...rows,
  ...identityMutations,
  ...operationsMutations,
  ...deliveryMutations,
].map(([invariant, file, from, to]) => ({
  invariant,
  file,
  from,
  to,
}));
