import { accepts, given, refuses, unknown, type Cases } from './case.fixtures.ts';

const service = 'aws:ecs/service:Service';
const component = 'awsx:ecs:FargateService';
const subnet = 'aws:ec2/subnet:Subnet';
const route = 'aws:ec2/route:Route';
const opening = 'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule';
const rule = 'aws:ec2/securityGroupRule:SecurityGroupRule';
const group = 'aws:ec2/securityGroup:SecurityGroup';
const ofLoadBalancer = { parents: 'clinic:ingress:Ingress$' };

const notPublic = 'set assignPublicIp to false; tasks are reached through the load balancer';
const notFrom = (range: string): string =>
  `let in a security group instead of ${range}; the internet may reach 80 and 443 of the load balancer's group alone`;

const subnets = [unknown, unknown];
const from = (port: number, range: string) => ({
  securityGroupId: unknown,
  ipProtocol: 'tcp',
  fromPort: port,
  toPort: port,
  cidrIpv4: range,
});

export const networkCases: Cases = {
  'no-public-task': [
    accepts(
      'a task in subnets that are still to be made',
      given(service, { networkConfiguration: { subnets, securityGroups: [unknown], assignPublicIp: false } }),
    ),
    accepts('a task of which nothing is known yet', given(service, { networkConfiguration: unknown })),
    accepts('a component of which the engine is told nothing', given(component, {})),
    refuses(
      'a public task',
      given(service, { networkConfiguration: { subnets, assignPublicIp: true } }),
      notPublic,
    ),
    refuses(
      'a task in the default VPC',
      given(service, { taskDefinition: unknown }),
      'give it a networkConfiguration with private subnets; those of the default VPC are public',
    ),
    refuses('a component with public tasks', given(component, { assignPublicIp: true }), notPublic),
    refuses(
      'a component whose configuration makes tasks public',
      given(component, { networkConfiguration: { subnets: unknown, assignPublicIp: true } }),
      notPublic,
    ),
  ],
  'subnets-keep-their-tier': [
    accepts(
      'public addresses in a public subnet',
      given(subnet, { mapPublicIpOnLaunch: true, tags: { SubnetType: 'Public' }, vpcId: unknown }),
    ),
    accepts(
      'no public addresses in a private subnet',
      given(subnet, { mapPublicIpOnLaunch: false, tags: { SubnetType: 'Private' } }),
    ),
    accepts(
      'a private subnet that goes out by NAT',
      given(route, { natGatewayId: unknown, destinationCidrBlock: '0.0.0.0/0' }, { name: 'it-private-1' }),
    ),
    accepts(
      'a public subnet that is reached by a gateway',
      given(route, { gatewayId: unknown, destinationCidrBlock: '0.0.0.0/0' }, { name: 'it-public-1' }),
    ),
    refuses(
      'public addresses in a private subnet',
      given(subnet, { mapPublicIpOnLaunch: true, tags: { SubnetType: 'Private' } }),
      'set mapPublicIpOnLaunch to false, or tag it SubnetType: Public if it is for the load balancer',
    ),
    refuses(
      'a private subnet that is reached by a gateway',
      given(route, { gatewayId: 'igw-1', destinationCidrBlock: '0.0.0.0/0' }, { name: 'it-private-1' }),
      'it-private-1: let it go by natGatewayId; by gatewayId the internet could come in',
    ),
    refuses(
      'an isolated subnet with a way out',
      given(route, { natGatewayId: unknown, destinationCidrBlock: '0.0.0.0/0' }, { name: 'it-isolated-2' }),
      'it-isolated-2: remove the route; isolated subnets have no way out',
    ),
  ],
  'ingress-through-the-load-balancer': [
    accepts("the load balancer's port 80", given(opening, from(80, '0.0.0.0/0'), ofLoadBalancer)),
    accepts("the load balancer's port 443", given(opening, from(443, '0.0.0.0/0'), ofLoadBalancer)),
    accepts('addresses of the VPC', given(opening, from(443, '10.0.0.0/16'))),
    accepts(
      'a group',
      given(opening, { ipProtocol: 'tcp', fromPort: 3000, toPort: 3000, referencedSecurityGroupId: unknown }),
    ),
    accepts('addresses that are not known yet', given(opening, from(3000, unknown))),
    accepts(
      'what goes out',
      given(rule, { type: 'egress', cidrBlocks: ['0.0.0.0/0'], fromPort: 0, toPort: 0 }),
    ),
    accepts('a group that says nothing itself', given(group, { vpcId: unknown, description: 'Tasks' })),
    refuses('anyone at a task', given(opening, from(3000, '0.0.0.0/0')), notFrom('0.0.0.0/0')),
    refuses('anyone at a port 443 of tasks', given(opening, from(443, '0.0.0.0/0')), notFrom('0.0.0.0/0')),
    refuses(
      'anyone at another port of the load balancer',
      given(opening, from(22, '0.0.0.0/0'), ofLoadBalancer),
      notFrom('0.0.0.0/0'),
    ),
    refuses(
      'anyone at a range of ports that has 443 in it',
      given(opening, { ...from(443, '0.0.0.0/0'), fromPort: 0 }, ofLoadBalancer),
      notFrom('0.0.0.0/0'),
    ),
    refuses('half of the internet', given(opening, from(5432, '128.0.0.0/1')), notFrom('128.0.0.0/1')),
    refuses('more than a private network', given(opening, from(5432, '10.0.0.0/7')), notFrom('10.0.0.0/7')),
    refuses('anyone by IPv6', given(opening, { ipProtocol: '-1', cidrIpv6: '::/0' }), notFrom('::/0')),
    refuses(
      'anyone by a rule of the older kind, beside what is not known yet',
      given(rule, { type: 'ingress', fromPort: 22, toPort: 22, cidrBlocks: [unknown, '0.0.0.0/0'] }),
      notFrom('0.0.0.0/0'),
    ),
    refuses(
      'the open group that awsx makes where none is given',
      given(group, {
        vpcId: unknown,
        ingress: [
          { fromPort: 0, toPort: 0, protocol: '-1', cidrBlocks: ['0.0.0.0/0'], ipv6CidrBlocks: ['::/0'] },
        ],
      }),
      notFrom('0.0.0.0/0'),
      notFrom('::/0'),
    ),
  ],
};
