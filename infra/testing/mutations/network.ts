import type { Row } from './mutation.ts';

/** Where things are, and in which order they come. */
export const networkRows: readonly Row[] = [
  ['tasks have no public address', 'infra/tasks.ts', 'assignPublicIp: false', 'assignPublicIp: true'],
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
    'order: tasks wait for the routes',
    'infra/network.ts',
    'after(vpc.privateSubnetIds, routed)',
    'vpc.privateSubnetIds',
  ],
  [
    'order: the load balancer waits for the routes',
    'infra/network.ts',
    'after(vpc.publicSubnetIds, routed)',
    'vpc.publicSubnetIds',
  ],
  [
    'order: the database does not wait for the routes',
    'infra/network.ts',
    'this.isolatedSubnetIds = vpc.isolatedSubnetIds',
    'this.isolatedSubnetIds = after(vpc.isolatedSubnetIds, routed)',
  ],
  [
    'order: tasks wait for the routes',
    'infra/network.ts',
    '[vpc.routes, vpc.routeTableAssociations]',
    '[vpc.routeTableAssociations]',
  ],
  [
    'order: tasks wait for their tables',
    'infra/network.ts',
    '[vpc.routes, vpc.routeTableAssociations]',
    '[vpc.routes]',
  ],
  [
    'order: the load balancer waits for their tables',
    'infra/network.ts',
    'after(vpc.publicSubnetIds, routed)',
    'after(vpc.publicSubnetIds, vpc.routes)',
  ],
  [
    'order: the database does not wait for their tables',
    'infra/network.ts',
    'this.isolatedSubnetIds = vpc.isolatedSubnetIds',
    'this.isolatedSubnetIds = after(vpc.isolatedSubnetIds, routed)',
  ],
  [
    'endpoints: their group is the one that the VPC may reach',
    'infra/endpoints.ts',
    'securityGroupId: group.id',
    "securityGroupId: 'sg-default'",
  ],
  [
    'endpoints: their group is the one that the VPC may reach',
    'infra/endpoints.ts',
    'cidrIpv4: args.cidrBlock',
    "cidrIpv4: '0.0.0.0/0'",
  ],
  [
    'endpoints: they are in private subnets, in their own group and under their own names',
    'infra/endpoints.ts',
    'securityGroupIds: [group.id],',
    '',
  ],
  [
    'endpoints: they are in private subnets, in their own group and under their own names',
    'infra/endpoints.ts',
    'privateDnsEnabled: true',
    'privateDnsEnabled: false',
  ],
  [
    'endpoints: they are in private subnets, in their own group and under their own names',
    'infra/network.ts',
    'subnetIds: vpc.privateSubnetIds }',
    'subnetIds: vpc.publicSubnetIds }',
  ],
  ['endpoints: a task starts by them', 'infra/endpoints.ts', "'ecr.dkr', ", ''],
];
