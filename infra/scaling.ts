import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';

export interface ScalingArgs {
  readonly clusterName: pulumi.Input<string>;
  readonly serviceName: pulumi.Input<string>;
  readonly minTasks: pulumi.Input<number>;
  readonly maxTasks: pulumi.Input<number>;
  readonly loadBalancerArnSuffix: pulumi.Input<string>;
  readonly targetGroupArnSuffix: pulumi.Input<string>;
}

/** Percent of a task's CPU: leaves room for the minutes until a new task serves. */
const cpuTarget = 60;
/** Per minute and task: 25 a second, which a quarter of a vCPU answers with time to spare. */
const requestsTarget = 1500;
const scaleOutCooldownSeconds = 60;
/** Quick to grow, slow to shrink. */
const scaleInCooldownSeconds = 300;

/** Keeps a service's tasks as many as its CPU and its requests ask for. */
export class Scaling extends pulumi.ComponentResource {
  constructor(name: string, args: ScalingArgs, opts?: pulumi.ComponentResourceOptions) {
    super('clinic:service:Scaling', name, {}, opts);
    const child = { parent: this };
    const target = new aws.appautoscaling.Target(
      name,
      {
        serviceNamespace: 'ecs',
        scalableDimension: 'ecs:service:DesiredCount',
        resourceId: pulumi.interpolate`service/${args.clusterName}/${args.serviceName}`,
        minCapacity: args.minTasks,
        maxCapacity: args.maxTasks,
      },
      child,
    );
    const track = (
      purpose: string,
      targetValue: number,
      metric: aws.types.input.appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationPredefinedMetricSpecification,
    ): void => {
      new aws.appautoscaling.Policy(
        `${name}-${purpose}`,
        {
          policyType: 'TargetTrackingScaling',
          serviceNamespace: target.serviceNamespace,
          scalableDimension: target.scalableDimension,
          resourceId: target.resourceId,
          targetTrackingScalingPolicyConfiguration: {
            predefinedMetricSpecification: metric,
            targetValue,
            scaleOutCooldown: scaleOutCooldownSeconds,
            scaleInCooldown: scaleInCooldownSeconds,
          },
        },
        child,
      );
    };
    track('cpu', cpuTarget, { predefinedMetricType: 'ECSServiceAverageCPUUtilization' });
    track('requests', requestsTarget, {
      predefinedMetricType: 'ALBRequestCountPerTarget',
      resourceLabel: pulumi.interpolate`${args.loadBalancerArnSuffix}/${args.targetGroupArnSuffix}`,
    });
    this.registerOutputs();
  }
}
