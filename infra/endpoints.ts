import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';

export interface EndpointsArgs {
  readonly region: string;
  readonly vpcId: pulumi.Input<string>;
  readonly cidrBlock: string;
  readonly subnetIds: pulumi.Input<string[]>;
}

/** What a task needs of AWS to start: its image (both), its logs, the migration's secret. */
const serviceNames = ['ecr.api', 'ecr.dkr', 'logs', 'secretsmanager'];

/**
 * AWS services that are reached inside the VPC under their own names. Without a group of their own they would get the
 * VPC's default one, which lets nobody in but itself.
 */
export class Endpoints extends pulumi.ComponentResource {
  constructor(name: string, args: EndpointsArgs, opts?: pulumi.ComponentResourceOptions) {
    super('clinic:network:Endpoints', name, {}, opts);
    const child = { parent: this };
    const group = new aws.ec2.SecurityGroup(
      `${name}-endpoints`,
      { vpcId: args.vpcId, description: 'AWS services inside the VPC, open to it' },
      child,
    );
    new aws.vpc.SecurityGroupIngressRule(
      `${name}-endpoints`,
      {
        securityGroupId: group.id,
        description: 'HTTPS from the VPC',
        cidrIpv4: args.cidrBlock,
        ipProtocol: 'tcp',
        fromPort: 443,
        toPort: 443,
      },
      child,
    );
    for (const service of serviceNames)
      new aws.ec2.VpcEndpoint(
        `${name}-${service.replace('.', '-')}`,
        {
          vpcId: args.vpcId,
          serviceName: `com.amazonaws.${args.region}.${service}`,
          vpcEndpointType: 'Interface',
          privateDnsEnabled: true,
          subnetIds: args.subnetIds,
          securityGroupIds: [group.id],
        },
        child,
      );
    this.registerOutputs();
  }
}
