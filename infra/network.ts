import * as awsx from '@pulumi/awsx';
import * as pulumi from '@pulumi/pulumi';
import { Endpoints } from './endpoints.ts';
import { FlowLogs } from './flow-logs.ts';
import { after } from './order.ts';

export interface NetworkArgs {
  readonly region: string;
  readonly accountId: pulumi.Input<string>;
  /** 2 or 3. */
  readonly zones: number;
  readonly natGateways: awsx.types.enums.ec2.NatGatewayStrategy;
  readonly interfaceEndpoints: boolean;
  readonly flowLogs: boolean;
  readonly logGroupName: string;
  readonly logRetentionDays: pulumi.Input<number>;
}

const cidrBlock = '10.0.0.0/16';

/**
 * The VPC: public subnets for the load balancer and NAT gateways, private ones for tasks, isolated ones, with no route
 * out, for the database.
 */
export class Network extends pulumi.ComponentResource {
  readonly vpcId: pulumi.Output<string>;
  readonly publicSubnetIds: pulumi.Output<string[]>;
  readonly privateSubnetIds: pulumi.Output<string[]>;
  readonly isolatedSubnetIds: pulumi.Output<string[]>;

  constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super('clinic:network:Network', name, {}, opts);
    const vpc = new awsx.ec2.Vpc(
      name,
      {
        cidrBlock,
        numberOfAvailabilityZones: args.zones,
        // Room for four zones, however many there are: the subnets of a stack stay where they are when it takes one more.
        availabilityZoneCidrMask: 18,
        natGateways: { strategy: args.natGateways },
        subnetStrategy: 'Auto',
        subnetSpecs: [{ type: 'Public' }, { type: 'Private' }, { type: 'Isolated' }],
        enableDnsHostnames: true,
        enableDnsSupport: true,
        vpcEndpointStrategy: 'Auto',
        vpcEndpointSpecs: [
          // Image layers are in S3: this keeps them off the NAT gateways, and costs nothing.
          { serviceName: `com.amazonaws.${args.region}.s3`, vpcEndpointType: 'Gateway' },
        ],
      },
      { parent: this },
    );
    if (args.flowLogs)
      new FlowLogs(
        name,
        {
          vpcId: vpc.vpcId,
          region: args.region,
          accountId: args.accountId,
          logGroupName: args.logGroupName,
          logRetentionDays: args.logRetentionDays,
        },
        { parent: this },
      );
    // A task that starts before the way out is there can't pull its image: the subnets of tasks are handed on only
    // once every route, and with it every NAT gateway, and its table's association are known.
    const routed = pulumi.all([vpc.routes, vpc.routeTableAssociations]).apply(idsOf);
    this.vpcId = vpc.vpcId;
    this.publicSubnetIds = after(vpc.publicSubnetIds, routed);
    this.privateSubnetIds = after(vpc.privateSubnetIds, routed);
    this.isolatedSubnetIds = vpc.isolatedSubnetIds;
    if (args.interfaceEndpoints)
      new Endpoints(
        name,
        { region: args.region, vpcId: vpc.vpcId, cidrBlock, subnetIds: vpc.privateSubnetIds },
        { parent: this },
      );
    this.registerOutputs({ vpcId: this.vpcId });
  }
}

/** @param lists each undefined where the component has nothing of its kind */
function idsOf(lists: readonly (readonly pulumi.CustomResource[] | undefined)[]): pulumi.Output<string[]> {
  return pulumi.all(lists.flatMap((resources = []) => resources.map(({ id }) => id)));
}
