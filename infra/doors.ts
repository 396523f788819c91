import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { after } from './order.ts';

export interface DoorsArgs {
  readonly vpcId: pulumi.Input<string>;
  readonly port: number;
  readonly loadBalancerSecurityGroupId: pulumi.Input<string>;
  /** Undefined when the service has no database. */
  readonly databaseSecurityGroupId: pulumi.Input<string> | undefined;
  readonly databasePort: pulumi.Input<number>;
}

/**
 * Who may speak to a service's tasks and to whom they may: the load balancer to them on their port, they to the database
 * and, on 443, out. Each of these is a pair of rules, one at either end.
 */
export class Doors extends pulumi.ComponentResource {
  /** Known once its doors are open. */
  readonly securityGroupId: pulumi.Output<string>;

  constructor(name: string, args: DoorsArgs, opts?: pulumi.ComponentResourceOptions) {
    super('clinic:service:Doors', name, {}, opts);
    const group = new aws.ec2.SecurityGroup(
      name,
      { vpcId: args.vpcId, description: 'Tasks of a service, open to the load balancer' },
      { parent: this },
    );
    const doors = this.#pair(name, 'alb', args.loadBalancerSecurityGroupId, group.id, args.port);
    if (args.databaseSecurityGroupId !== undefined)
      doors.push(...this.#pair(name, 'database', group.id, args.databaseSecurityGroupId, args.databasePort));
    // AWS' own endpoints and the issuer of tokens, whose addresses change. Names are resolved by the VPC itself.
    const out = new aws.vpc.SecurityGroupEgressRule(
      `${name}-https`,
      {
        securityGroupId: group.id,
        description: 'HTTPS',
        cidrIpv4: '0.0.0.0/0',
        ipProtocol: 'tcp',
        fromPort: 443,
        toPort: 443,
      },
      { parent: this },
    );
    this.securityGroupId = after(group.id, out.id, ...doors);
    this.registerOutputs({ securityGroupId: this.securityGroupId });
  }

  #pair(
    name: string,
    purpose: string,
    from: pulumi.Input<string>,
    to: pulumi.Input<string>,
    port: pulumi.Input<number>,
  ): pulumi.Output<string>[] {
    const rule = { ipProtocol: 'tcp', fromPort: port, toPort: port, description: `${name}, ${purpose}` };
    const egress = new aws.vpc.SecurityGroupEgressRule(
      `${name}-${purpose}`,
      { ...rule, securityGroupId: from, referencedSecurityGroupId: to },
      { parent: this },
    );
    const ingress = new aws.vpc.SecurityGroupIngressRule(
      `${name}-${purpose}`,
      { ...rule, securityGroupId: to, referencedSecurityGroupId: from },
      { parent: this },
    );
    return [egress.id, ingress.id];
  }
}
