import type { Alarm, Deployment, Evidence, Intended, ObservedService, Smoke, Target } from './observed.ts';

/** A thing that is wrong; `passing` may mend itself while a deployment is still under way. */
export interface Finding {
  readonly what: string;
  readonly passing: boolean;
}

const final = (what: string): Finding => ({ what, passing: false });
const passing = (what: string): Finding => ({ what, passing: true });

/**
 * What speaks against a service's deployment; nothing when it runs as intended. ECS may tell waiters that a deployment
 * it rolled back has succeeded: steady, but on the old task definition. So what runs is compared, not how it went.
 */
export function faultsOfService(intended: Intended, observed: ObservedService): Finding[] {
  const primaries = observed.deployments.filter(({ status }) => status === 'PRIMARY');
  const [primary] = primaries;
  if (!primary || primaries.length > 1) return [final(`has ${primaries.length} PRIMARY deployments`)];
  return [
    ...faultsOfDeployments(intended, primary, observed),
    ...faultsOfImages(intended, observed),
    ...faultsOfTargets(observed),
  ];
}

function faultsOfDeployments(
  { taskDefinition }: Intended,
  primary: Deployment,
  { deployments, desiredCount, runningCount }: ObservedService,
): Finding[] {
  const findings: Finding[] = [];
  const failed = deployments.find(({ rolloutState }) => rolloutState === 'FAILED');
  if (failed)
    findings.push(
      final(
        `its deployment of ${revision(failed.taskDefinition)} failed: ${failed.rolloutStateReason ?? '?'}`,
      ),
    );
  if (taskDefinition !== undefined && primary.taskDefinition !== taskDefinition)
    findings.push(
      final(
        `runs ${revision(primary.taskDefinition)} instead of ${revision(taskDefinition)}: it was rolled back` +
          (primary.rolloutStateReason === undefined ? '' : ` (${primary.rolloutStateReason})`),
      ),
    );
  if (primary.rolloutState === 'IN_PROGRESS')
    findings.push(
      passing(
        `is still deploying: ${primary.runningCount ?? 0} of ${primary.desiredCount ?? 0} tasks run, ${primary.pendingCount ?? 0} are pending`,
      ),
    );
  else if (primary.rolloutState !== 'COMPLETED' && primary.rolloutState !== 'FAILED')
    findings.push(passing(`has a deployment in state ${primary.rolloutState ?? 'unknown'}`));
  const older = deployments.filter(
    (deployment) => deployment !== primary && (deployment.runningCount ?? 0) > 0,
  );
  for (const { taskDefinition: old, runningCount: left } of older)
    findings.push(passing(`still runs ${left ?? 0} task(s) of ${revision(old)}`));
  if (desiredCount === 0) findings.push(final('is to run no task'));
  else if (runningCount < desiredCount)
    findings.push(passing(`runs ${runningCount} of ${desiredCount} tasks`));
  return findings;
}

function faultsOfImages({ digest }: Intended, { images }: ObservedService): Finding[] {
  const other = images.filter((image) => !image.endsWith(`@${digest}`));
  if (images.length === 0) return [final('its task definition names no image')];
  return other.map((image) => final(`runs the image ${image} instead of the digest ${digest}`));
}

function faultsOfTargets({ targets }: ObservedService): Finding[] {
  // One that is leaving belongs to the deployment before.
  const relevant = targets.filter(({ state }) => state !== 'draining');
  if (relevant.length === 0) return [passing('has no target that the load balancer could ask')];
  return relevant.filter(({ state }) => state !== 'healthy').map((target) => passing(unhealthy(target)));
}

function unhealthy({ id, state, reason }: Target): string {
  return `its target ${id} is ${state}${reason === undefined ? '' : `: ${reason}`}`;
}

/** `clinic-dev-patient:42` of an ARN. */
function revision(taskDefinition: string | undefined): string {
  return taskDefinition?.split('/').at(-1) ?? 'no task definition';
}

/** @param began when the deployment did; undefined: no alarm is known to be older */
export function faultsOfAlarms(alarms: readonly Alarm[], began: Date | undefined): Finding[] {
  return alarms
    .filter((alarm) => !rangBefore(alarm, began))
    .map(({ name, reason }) => passing(`the alarm ${name} rings: ${reason}`));
}

/**
 * Alarms that are not of the deployment's making. Of the database's and the jobs' some end only when somebody acts, perhaps by
 * this deployment; those of answers are over soon after what they are about, and until then it fails.
 */
export function warningsOfAlarms(alarms: readonly Alarm[], began: Date | undefined): string[] {
  return alarms
    .filter((alarm) => rangBefore(alarm, began))
    .map(
      ({ name, reason, since }) =>
        `the alarm ${name} has rung since ${since?.toISOString() ?? '?'}, before this began: ${reason}`,
    );
}

function rangBefore({ since, isOfAnswers }: Alarm, began: Date | undefined): boolean {
  return !isOfAnswers && since !== undefined && began !== undefined && since < began;
}

export function faultsOfSmoke(session: readonly Smoke[]): Finding[] {
  return session
    .filter(({ expected, got }) => expected !== got)
    .map(({ request, expected, got, why }) =>
      passing(
        `${request} answered ${got === 0 ? 'nothing' : got} instead of ${expected}` +
          (why === undefined ? '' : `: ${why}`),
      ),
    );
}

/** Why, as far as AWS knows: the latest events, what stopped tasks and what the service said last. */
export function evidenceOf(
  { events }: ObservedService,
  { stoppedReasons, lastLogLines }: Evidence,
): string[] {
  return [
    ...stoppedReasons.map((reason) => `stopped: ${reason}`),
    ...events.slice(0, 5).map((event) => `event: ${event}`),
    ...lastLogLines.map((line) => `log: ${line}`),
  ];
}
