import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';

export interface JobMetricsArgs {
  readonly scope: string;
  readonly logGroupName: pulumi.Input<string>;
}

/** What a service says of the jobs, by the fields of its line (libs/platform/src/events/queue-report.ts), as metrics. */
export const jobMetrics = { OldestJobSeconds: 'oldestJobSeconds', DeadJobs: 'deadJobs' } as const;

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html */
export class JobMetrics extends pulumi.ComponentResource {
  constructor(name: string, args: JobMetricsArgs, opts?: pulumi.ComponentResourceOptions) {
    super('clinic:operations:JobMetrics', name, {}, opts);
    for (const [metric, field] of Object.entries(jobMetrics))
      new aws.cloudwatch.LogMetricFilter(
        `${name}-${metric}`,
        {
          logGroupName: args.logGroupName,
          pattern: `{ ($.msg = "jobs") && ($.${field} >= 0) }`,
          metricTransformation: { name: metric, namespace: args.scope, value: `$.${field}` },
        },
        { parent: this },
      );
    this.registerOutputs();
  }
}
