import * as aws from '@pulumi/aws';
import type * as pulumi from '@pulumi/pulumi';

/** What happens when there is nothing to judge: `quiet` is right where silence is; else silence is told, as such. */
type Silence = 'quiet' | 'told';

interface Metric {
  readonly namespace: pulumi.Input<string>;
  readonly metricName: string;
  readonly dimensions?: Record<string, pulumi.Input<string>>;
  /** `p95` and the like are percentiles. */
  readonly stat: string;
}

export interface AlarmArgs {
  readonly topicArn: pulumi.Input<string>;
  /** One sentence; the runbook of the alarm's kind says the rest. */
  readonly says: string;
  /** A metric, or several by id and `value`, an expression over them. */
  readonly of: Metric | { readonly value: string; readonly metrics: Readonly<Record<string, Metric>> };
  readonly above: pulumi.Input<number>;
  readonly periodSeconds: number;
  /** So many of so many periods must be above. */
  readonly periods: readonly [number, number];
  readonly silence: Silence;
}

/** Rings, and says so when it is over. Its name ends in its kind, which has an entry in docs/operations.md. */
export function alarm(
  name: string,
  args: AlarmArgs,
  opts: pulumi.CustomResourceOptions,
): aws.cloudwatch.MetricAlarm {
  const { topicArn, of, periodSeconds, periods, silence } = args;
  const [datapointsToAlarm, evaluationPeriods] = periods;
  return new aws.cloudwatch.MetricAlarm(
    name,
    {
      name,
      alarmDescription: args.says,
      comparisonOperator: 'GreaterThanThreshold',
      threshold: args.above,
      datapointsToAlarm,
      evaluationPeriods,
      ...('value' in of ? calculated(of, periodSeconds) : measured(of, periodSeconds)),
      // `missing` ends in the state INSUFFICIENT_DATA, in which a new alarm begins: nothing rings before there was data.
      treatMissingData: silence === 'quiet' ? 'notBreaching' : 'missing',
      alarmActions: [topicArn],
      okActions: [topicArn],
      ...(silence === 'told' && { insufficientDataActions: [topicArn] }),
    },
    opts,
  );
}

function measured({ stat, ...metric }: Metric, period: number): Partial<aws.cloudwatch.MetricAlarmArgs> {
  // A percentile of a few requests says nothing: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/percentiles-with-low-samples.html
  if (stat.startsWith('p'))
    return { ...metric, period, extendedStatistic: stat, evaluateLowSampleCountPercentiles: 'ignore' };
  return { ...metric, period, statistic: stat };
}

function calculated(
  { value, metrics }: Extract<AlarmArgs['of'], { value: string }>,
  period: number,
): Partial<aws.cloudwatch.MetricAlarmArgs> {
  return {
    metricQueries: [
      { id: 'value', expression: value, label: 'value', returnData: true },
      ...Object.entries(metrics).map(([id, metric]) => ({ id, metric: { ...metric, period } })),
    ],
  };
}
