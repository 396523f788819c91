import { readable } from '../terminal.ts';
import type { Aws } from './aws.ts';
import type { Alarm, Evidence, ObservedService } from './observed.ts';
import type { StackOutputs } from './outputs.ts';

/** How far back the log is read: first what a busy service says in a minute, then what a quiet one said. */
const logMinutes = [1, 15];
const logLines = 10;

type Place = StackOutputs['services'][number];

/** What AWS says of one service. */
export async function observeService(aws: Aws, cluster: string, place: Place): Promise<ObservedService> {
  const [{ services = [] }, health] = await Promise.all([
    aws.services(cluster, place.ecsService),
    aws.targetHealth(place.targetGroupArn),
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
  };
}

/** What stopped a service's tasks and what it said last. A verdict is not lost because this can't be asked. */
export async function gatherEvidence(aws: Aws, cluster: string, place: Place): Promise<Evidence> {
  const unknown = (what: string) => (error: unknown) => [`(${what} can't be read: ${readable(error)})`];
  const [stoppedReasons, lastLogLines] = await Promise.all([
    stoppedReasonsOf(aws, cluster, place).catch(unknown('why tasks stopped')),
    lastLogLinesOf(aws, place).catch(unknown(`the log ${place.logGroup}`)),
  ]);
  return { stoppedReasons, lastLogLines };
}

async function stoppedReasonsOf(aws: Aws, cluster: string, place: Place): Promise<string[]> {
  const { tasks = [] } = await aws.stoppedTasks(cluster, place.ecsService);
  return tasks.map(({ stoppedReason, containers = [] }) =>
    [
      stoppedReason ?? 'for no stated reason',
      ...containers.flatMap(({ name, exitCode, reason }) =>
        exitCode === undefined && reason === undefined
          ? []
          : `${name ?? '?'} ${exitCode === undefined ? '' : `exit code ${exitCode}`} ${reason ?? ''}`.trim(),
      ),
    ].join('; '),
  );
}

async function lastLogLinesOf(aws: Aws, { logGroup }: Place): Promise<string[]> {
  let lines: string[] = [];
  for (const minutes of logMinutes) {
    const { events = [] } = await aws.logEvents(logGroup, new Date(Date.now() - minutes * 60_000));
    lines = events.flatMap(({ message }) => message?.trim() ?? []).slice(-logLines);
    if (lines.length === logLines) break;
  }
  return lines;
}

/**
 * The alarms of a stack that ring; their names begin as the cluster's does, and go on with the name of the service, or of what
 * else they are about.
 */
export async function observeAlarms(
  aws: Aws,
  { cluster, services }: Pick<StackOutputs, 'cluster' | 'services'>,
): Promise<Alarm[]> {
  const answering = ['balancer', ...services.map(({ service }) => service)];
  const { MetricAlarms = [], CompositeAlarms = [] } = await aws.ringingAlarms(`${cluster}-`);
  return [...MetricAlarms, ...CompositeAlarms].map(
    ({ AlarmName: name = '?', StateReason, StateTransitionedTimestamp }) => ({
      name,
      reason: StateReason ?? 'for no stated reason',
      since: StateTransitionedTimestamp,
      isOfAnswers: answering.some((part) => name.startsWith(`${cluster}-${part}-`)),
    }),
  );
}
