import { BlockList, isIPv6 } from 'node:net';
import { each, known, must, on, rule, type Demand, type Resource, type Rule } from './rule.ts';

/** What the program's own load balancer consists of has this in its URN, whatever it is named. */
const ofLoadBalancer = 'clinic:ingress:Ingress$';

const webPorts = [80, 443];

/** Addresses that are nobody's on the internet, and so may be those of a VPC. */
const privateNetworks: readonly (readonly [address: string, prefix: number])[] = [
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['fc00::', 7],
];

interface Opening {
  readonly fromPort?: number | undefined;
  readonly toPort?: number | undefined;
}

const openings = rule(
  'ingress-through-the-load-balancer',
  "From the internet only ports 80 and 443 of the load balancer's security group can be reached",
  on('aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule', (opening, resource) => [
    narrow(resource, opening, () => opening.cidrIpv4),
    narrow(resource, opening, () => opening.cidrIpv6),
  ]),
  on('aws:ec2/securityGroupRule:SecurityGroupRule', (opening, resource) =>
    opening.type === 'ingress' ? narrowAll(resource, opening) : [],
  ),
  on('aws:ec2/securityGroup:SecurityGroup', (group, resource) =>
    each(
      () => group.ingress,
      (opening) => narrowAll(resource, opening),
    ),
  ),
);

function narrowAll(
  resource: Resource,
  opening: Opening & {
    readonly cidrBlocks?: readonly string[] | undefined;
    readonly ipv6CidrBlocks?: readonly string[] | undefined;
  },
): Demand[] {
  return [() => opening.cidrBlocks, () => opening.ipv6CidrBlocks].flatMap((ranges) =>
    each(ranges, (range) => [narrow(resource, opening, () => range)]),
  );
}

function narrow({ urn }: Resource, opening: Opening, range: () => string | undefined): Demand {
  return must(
    () =>
      !isPublic(range()) ||
      (urn.includes(ofLoadBalancer) &&
        opening.fromPort === opening.toPort &&
        webPorts.some((port) => port === opening.toPort)),
    `let in a security group instead of ${known(range) ?? 'addresses'}; ` +
      "the internet may reach 80 and 443 of the load balancer's group alone",
  );
}

function isPublic(range: string | undefined): boolean {
  if (range === undefined) return false;
  const [address = '', prefix = ''] = range.split('/');
  return !privateNetworks.some(([network, length]) => {
    const family = isIPv6(network) ? 'ipv6' : 'ipv4';
    if (family !== (isIPv6(address) ? 'ipv6' : 'ipv4')) return false;
    const inside = new BlockList();
    inside.addSubnet(network, length, family);
    return Number(prefix) >= length && inside.check(address, family);
  });
}

export const openingRules: readonly Rule[] = [openings];
