import * as pulumi from '@pulumi/pulumi';
import { alarm } from './alarm.ts';

export interface AnswerAlarmsArgs {
  readonly topicArn: pulumi.Input<string>;
  readonly loadBalancerArnSuffix: pulumi.Input<string>;
  readonly targetGroupArnSuffix: pulumi.Input<string>;
}

/** In percent of a minute's answers. */
const errorRate = 5;
/** Of fewer answers in a minute one failure would be a rate. */
const answersToJudge = 10;
const p95Seconds = 1;

/** Whether a service answers well. They are there before it, since a deployment that makes them ring is rolled back. */
export class AnswerAlarms extends pulumi.ComponentResource {
  readonly names: readonly pulumi.Output<string>[];

  constructor(name: string, args: AnswerAlarmsArgs, opts?: pulumi.ComponentResourceOptions) {
    super('clinic:operations:AnswerAlarms', name, {}, opts);
    const child = { parent: this };
    const { topicArn } = args;
    const metric = (metricName: string, stat: string) => ({ ...targets(args), metricName, stat });
    const errors = alarm(
      `${name}-server-errors`,
      {
        topicArn,
        says: `More than ${errorRate} % of the answers are 5xx`,
        of: {
          // No metric is sent for a minute without errors.
          value: `IF(answers >= ${answersToJudge}, 100 * FILL(errors, 0) / answers, 0)`,
          metrics: {
            answers: metric('RequestCount', 'Sum'),
            errors: metric('HTTPCode_Target_5XX_Count', 'Sum'),
          },
        },
        above: errorRate,
        periodSeconds: 60,
        periods: [3, 5],
        silence: 'quiet',
      },
      child,
    );
    const slow = alarm(
      `${name}-slow-answers`,
      {
        topicArn,
        says: `One of 20 answers takes more than ${p95Seconds} s`,
        of: metric('TargetResponseTime', 'p95'),
        above: p95Seconds,
        periodSeconds: 60,
        periods: [3, 5],
        silence: 'quiet',
      },
      child,
    );
    this.names = [errors.name, slow.name];
    this.registerOutputs();
  }
}

export interface TaskAlarmsArgs extends AnswerAlarmsArgs {
  readonly clusterName: pulumi.Input<string>;
  readonly serviceName: pulumi.Input<string>;
}

/** Whether a service's tasks are there and healthy. */
export class TaskAlarms extends pulumi.ComponentResource {
  constructor(name: string, args: TaskAlarmsArgs, opts?: pulumi.ComponentResourceOptions) {
    super('clinic:operations:TaskAlarms', name, {}, opts);
    const child = { parent: this };
    const { topicArn } = args;
    const count = (metricName: string) => ({
      namespace: 'ECS/ContainerInsights',
      dimensions: { ClusterName: args.clusterName, ServiceName: args.serviceName },
      metricName,
      stat: 'Minimum',
    });
    alarm(
      `${name}-unhealthy-targets`,
      {
        topicArn,
        says: 'A task is registered and not healthy',
        of: { ...targets(args), metricName: 'UnHealthyHostCount', stat: 'Maximum' },
        above: 0,
        periodSeconds: 60,
        periods: [5, 5],
        // Without any target there is no such metric, and missing-tasks rings.
        silence: 'quiet',
      },
      child,
    );
    alarm(
      `${name}-missing-tasks`,
      {
        topicArn,
        says: 'Fewer tasks run than should',
        of: {
          value: 'desired - FILL(running, 0)',
          metrics: { desired: count('DesiredTaskCount'), running: count('RunningTaskCount') },
        },
        above: 0,
        periodSeconds: 60,
        // Longer than it takes to start a task.
        periods: [10, 10],
        silence: 'told',
      },
      child,
    );
    this.registerOutputs();
  }
}

function targets({ loadBalancerArnSuffix, targetGroupArnSuffix }: AnswerAlarmsArgs) {
  return {
    namespace: 'AWS/ApplicationELB',
    dimensions: { LoadBalancer: loadBalancerArnSuffix, TargetGroup: targetGroupArnSuffix },
  };
}
