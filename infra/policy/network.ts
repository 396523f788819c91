import { must, on, rule, type Props, type Rule } from './rule.ts';

const withoutAddress = 'set assignPublicIp to false; tasks are reached through the load balancer';

const noPublicTask = rule(
  'no-public-task',
  'Tasks have no public address, and their subnets are chosen',
  on('aws:ecs/service:Service', (service) => [
    must(
      () => service.networkConfiguration !== undefined,
      'give it a networkConfiguration with private subnets; those of the default VPC are public',
    ),
    must(() => service.networkConfiguration?.assignPublicIp !== true, withoutAddress),
  ]),
  on('awsx:ecs:FargateService', (service) => [
    must(() => service.networkConfiguration?.assignPublicIp !== true, withoutAddress),
    must(() => service.assignPublicIp !== true, withoutAddress),
  ]),
);

/** awsx names what belongs to a subnet after its kind, and tags subnets with it. */
const tiers = rule(
  'subnets-keep-their-tier',
  'Addresses are public in public subnets alone; private subnets go out by NAT, isolated ones not at all',
  on('aws:ec2/subnet:Subnet', (subnet) => [
    must(
      () => subnet.mapPublicIpOnLaunch !== true || subnet.tags?.SubnetType === 'Public',
      'set mapPublicIpOnLaunch to false, or tag it SubnetType: Public if it is for the load balancer',
    ),
  ]),
  on('aws:ec2/route:Route', (route, { name }) => [
    must(
      () => !/-isolated-\d+$/.test(name) || !leaves(route),
      'remove the route; isolated subnets have no way out',
    ),
    must(
      () => !/-private-\d+$/.test(name) || !leaves(route) || route.gatewayId === undefined,
      'let it go by natGatewayId; by gatewayId the internet could come in',
    ),
  ]),
);

function leaves(route: Props<'aws:ec2/route:Route'>): boolean {
  return route.destinationCidrBlock === '0.0.0.0/0' || route.destinationIpv6CidrBlock === '::/0';
}

export const networkRules: readonly Rule[] = [noPublicTask, tiers];
