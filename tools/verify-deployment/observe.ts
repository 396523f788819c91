import type { Aws } from './aws.ts';
import type { Alarm, ObservedService } from './observed.ts';
import type { StackOutputs } from './outputs.ts';

const logMinutes = 15;
const logLines = 10;

type Place = StackOutputs['services'][number];

/** What AWS says of one service. */
export async function observeService(aws: Aws, cluster: string, place: Place): Promise<ObservedService> {
  const since = new Date(Date.now() - logMinutes * 60_000);
  const [{ services = [] }, health, stopped, logged] = await Promise.all([
    aws.services(cluster, place.ecsService),
    aws.targetHealth(place.targetGroupArn),
    aws.stoppedTasks(cluster, place.ecsService),
    aws.logEvents(place.logGroup, since),
  ]);
  const [service] = services;
  const running = service?.deployments?.find(({ status }) => status === 'PRIMARY')?.taskDefinition;
  const definition = running === undefined ? undefined : await aws.taskDefinition(running);
  return {
    deployments: service?.deployments ?? [],
    desiredCount: service?.desiredCount ?? 0,
    runningCount: service?.runningCount ?? 0,
    images: (definition?.taskDefinition?.containerDefinitions ?? []).flatMap(({ image }) => image ?? []),
    targets: (health.TargetHealthDescriptions ?? []).map(({ Target, TargetHealth }) => ({
      id: `${Target?.Id ?? '?'}:${Target?.Port ?? '?'}`,
      state: TargetHealth?.State ?? 'unknown',
      reason: TargetHealth?.Description ?? TargetHealth?.Reason,
    })),
    events: (service?.events ?? []).flatMap(({ message }) => message ?? []),
    stoppedReasons: (stopped.tasks ?? []).map(({ stoppedReason, containers = [] }) =>
      [
        stoppedReason ?? 'for no stated reason',
        ...containers.flatMap(({ name, exitCode, reason }) =>
          exitCode === undefined && reason === undefined
            ? []
            : `${name ?? '?'} ${exitCode === undefined ? '' : `exit code ${exitCode}`} ${reason ?? ''}`.trim(),
        ),
      ].join('; '),
    ),
    lastLogLines: (logged.events ?? []).flatMap(({ message }) => message?.trim() ?? []).slice(-logLines),
  };
}

/** The alarms of a stack that ring; their names begin as the cluster's does. */
export async function observeAlarms(aws: Aws, prefix: string): Promise<Alarm[]> {
  const { MetricAlarms = [], CompositeAlarms = [] } = await aws.ringingAlarms(`${prefix}-`);
  return [...MetricAlarms, ...CompositeAlarms].map(({ AlarmName, StateReason }) => ({
    name: AlarmName ?? '?',
    reason: StateReason ?? 'for no stated reason',
  }));
}
