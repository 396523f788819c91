import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { livePath, pathPatterns, type Service } from '#catalogue';
import { deregistrationDelaySeconds } from './containers.ts';
import { rulePriority, targetGroupName } from './naming.ts';
import { after } from './order.ts';

export interface RouteArgs {
  readonly scope: string;
  readonly service: Service;
  readonly vpcId: pulumi.Input<string>;
  readonly listenerArn: pulumi.Input<string>;
}

/** The way of a service's paths from the load balancer's listener to its tasks. */
export class Route extends pulumi.ComponentResource {
  /** Known once the rule is: AWS refuses a service whose group has no load balancer yet. */
  readonly targetGroupArn: pulumi.Output<string>;
  readonly targetGroupArnSuffix: pulumi.Output<string>;

  constructor(name: string, args: RouteArgs, opts?: pulumi.ComponentResourceOptions) {
    super('clinic:service:Route', name, {}, opts);
    const child = { parent: this };
    const { service } = args;
    const group = new aws.lb.TargetGroup(
      targetGroupName(args.scope, service.name),
      {
        vpcId: args.vpcId,
        targetType: 'ip',
        protocol: 'HTTP',
        port: service.port,
        deregistrationDelay: deregistrationDelaySeconds,
        // Live, not ready: a failover of the database must not replace every task.
        healthCheck: {
          protocol: 'HTTP',
          path: livePath(service),
          matcher: '200',
          interval: 15,
          timeout: 5,
          healthyThreshold: 2,
          unhealthyThreshold: 3,
        },
      },
      child,
    );
    const rule = new aws.lb.ListenerRule(
      name,
      {
        listenerArn: args.listenerArn,
        priority: rulePriority(service.port),
        conditions: [{ pathPattern: { values: [...pathPatterns(service)] } }],
        actions: [{ type: 'forward', targetGroupArn: group.arn }],
      },
      child,
    );
    this.targetGroupArn = after(group.arn, rule.arn);
    this.targetGroupArnSuffix = group.arnSuffix;
    this.registerOutputs({ targetGroupArn: this.targetGroupArn });
  }
}
