import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  type DescribeAlarmsCommandOutput,
} from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchLogsClient,
  paginateFilterLogEvents,
  type FilteredLogEvent,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  type DescribeServicesCommandOutput,
  type DescribeTaskDefinitionCommandOutput,
  type DescribeTasksCommandOutput,
} from '@aws-sdk/client-ecs';
import {
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  type DescribeTargetHealthCommandOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';

type Answer<Output> = Promise<Omit<Output, '$metadata'>>;

/** The questions that the gate asks; answers are AWS' own. */
export interface Aws {
  services(cluster: string, service: string): Answer<DescribeServicesCommandOutput>;
  taskDefinition(arn: string): Answer<DescribeTaskDefinitionCommandOutput>;
  /** Those that ended in the last hour, which is as long as ECS remembers them. */
  stoppedTasks(cluster: string, service: string): Answer<DescribeTasksCommandOutput>;
  targetHealth(targetGroupArn: string): Answer<DescribeTargetHealthCommandOutput>;
  /** Those whose name begins so and that ring. */
  ringingAlarms(prefix: string): Answer<DescribeAlarmsCommandOutput>;
  /** All of them, oldest first. */
  logEvents(logGroup: string, since: Date): Promise<{ readonly events?: readonly FilteredLogEvent[] }>;
}

/** Region and credentials come from the environment, as the SDK finds them. */
export function openAws(): Aws {
  const [ecs, elb] = [new ECSClient({}), new ElasticLoadBalancingV2Client({})];
  const [cloudWatch, logs] = [new CloudWatchClient({}), new CloudWatchLogsClient({})];
  return {
    services: (cluster, service) => ecs.send(new DescribeServicesCommand({ cluster, services: [service] })),
    taskDefinition: (taskDefinition) => ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition })),
    async stoppedTasks(cluster, serviceName) {
      const stopped = { cluster, serviceName, desiredStatus: 'STOPPED', maxResults: 10 } as const;
      const { taskArns = [] } = await ecs.send(new ListTasksCommand(stopped));
      if (taskArns.length === 0) return { tasks: [], failures: [] };
      return ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns }));
    },
    targetHealth: (TargetGroupArn) => elb.send(new DescribeTargetHealthCommand({ TargetGroupArn })),
    ringingAlarms: (AlarmNamePrefix) =>
      cloudWatch.send(new DescribeAlarmsCommand({ AlarmNamePrefix, StateValue: 'ALARM', MaxRecords: 100 })),
    async logEvents(logGroupName, since) {
      const events: FilteredLogEvent[] = [];
      // A page may be empty and not the last.
      const pages = paginateFilterLogEvents({ client: logs }, { logGroupName, startTime: since.getTime() });
      for await (const page of pages) events.push(...(page.events ?? []));
      return { events };
    },
  };
}
