import type { Row } from './mutation.ts';

/** How tasks come, go and become more. */
export const deploymentRows: readonly Row[] = [
  [
    'a failed deployment stops',
    'infra/tasks.ts',
    'deploymentCircuitBreaker: { enable: true, rollback: true }',
    'deploymentCircuitBreaker: { enable: false, rollback: true }',
  ],
  [
    'a failed deployment is rolled back',
    'infra/tasks.ts',
    'deploymentCircuitBreaker: { enable: true, rollback: true }',
    'deploymentCircuitBreaker: { enable: true, rollback: false }',
  ],
  ['what ran before can be run again', 'infra/tasks.ts', 'skipDestroy: true,', ''],
  [
    'a deployment loses no capacity',
    'infra/tasks.ts',
    'deploymentMinimumHealthyPercent: 100',
    'deploymentMinimumHealthyPercent: 0',
  ],
  [
    'a deployment loses no capacity',
    'infra/tasks.ts',
    'deploymentMaximumPercent: 200',
    'deploymentMaximumPercent: 100',
  ],
  [
    'a stopping task finishes its answers',
    'infra/containers.ts',
    'deregistrationDelaySeconds = 30',
    'deregistrationDelaySeconds = 300',
  ],
  ['a stopping task finishes its answers', 'infra/containers.ts', 'stopTimeout: stopTimeoutSeconds,', ''],
  ['a service is made after its rule', 'infra/route.ts', 'after(group.arn, rule.arn)', 'after(group.arn)'],
  [
    'tasks grow with CPU and with requests',
    'infra/scaling.ts',
    "track('cpu', cpuTarget, { predefinedMetricType: 'ECSServiceAverageCPUUtilization' });",
    '',
  ],
  ['a service keeps its task family', 'infra/tasks.ts', 'family: name,', ''],
  [
    'a task that is still starting is not replaced',
    'infra/tasks.ts',
    'healthCheckGracePeriodSeconds: healthCheckGraceSeconds,',
    '',
  ],
  [
    'how many tasks there are is left to the scaling',
    'infra/service.ts',
    "ignoreChanges: ['desiredCount']",
    'ignoreChanges: []',
  ],
  [
    'how many tasks there are is left to the scaling',
    'infra/service.ts',
    "type === 'aws:ecs/service:Service'",
    "type === 'awsx:ecs:FargateService'",
  ],
  [
    'how many tasks there are is left to the scaling',
    'infra/service.ts',
    '{ transforms: [leaveCountToScaling] }',
    '{}',
  ],
  ['scaling aims at what it was measured for', 'infra/scaling.ts', 'cpuTarget = 60', 'cpuTarget = 95'],
  [
    'scaling aims at what it was measured for',
    'infra/scaling.ts',
    'requestsTarget = 1500',
    'requestsTarget = 15_000',
  ],
];
