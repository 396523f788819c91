import type { Row } from './mutation.ts';

/** Who may reach what, and as whom. */
export const accessRows: readonly Row[] = [
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
    'groups of tasks and database are open by rules of their own alone',
    'infra/doors.ts',
    "description: 'Tasks of a service, open to the load balancer' }",
    "description: 'Tasks of a service, open to the load balancer', ingress: [{ protocol: '-1', fromPort: 0, toPort: 0, cidrBlocks: ['0.0.0.0/0'] }] }",
  ],
  [
    'groups of tasks and database are open by rules of their own alone',
    'infra/database.ts',
    "description: 'Database, open to the services' }",
    "description: 'Database, open to the services', egress: [{ protocol: '-1', fromPort: 0, toPort: 0, cidrBlocks: ['0.0.0.0/0'] }] }",
  ],
  [
    "the load balancer's group is open by rules of their own alone",
    'infra/ingress.ts',
    '{ vpcId, description:',
    "{ vpcId, egress: [{ protocol: '-1', fromPort: 0, toPort: 0, cidrBlocks: ['0.0.0.0/0'] }], description:",
  ],
  [
    'a role has the permissions that are written here and no more',
    'infra/roles.ts',
    '{ assumeRolePolicy: trust(args) }',
    "{ assumeRolePolicy: trust(args), managedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] }",
  ],
  [
    'a role has the permissions that are written here and no more',
    'infra/roles.ts',
    'if (statements.length === 0) return role.arn;',
    "new aws.iam.RolePolicyAttachment(name, { role: role.id, policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' }, child);",
  ],
];
