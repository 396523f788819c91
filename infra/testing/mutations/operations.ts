import type { Row } from './mutation.ts';

/** What breaks that somebody is told of what goes wrong. */
export const operationsRows: readonly Row[] = [
  ['what goes wrong rings', 'infra/service.ts', 'new TaskAlarms(name, running, child);', ''],
  ['what goes wrong rings', 'infra/operations/stack-alarms.ts', '...jobRules(name),', ''],
  ['what goes wrong rings', 'infra/operations/stack-alarms.ts', '...balancerRules(args),', ''],
  ['who rings is heard', 'infra/operations/alarm.ts', 'alarmActions: [topicArn],', ''],
  [
    'silence is judged on purpose',
    'infra/operations/alarm.ts',
    "silence === 'quiet' ? 'notBreaching' : 'missing'",
    "'notBreaching'",
  ],
  [
    'a deployment that does harm is rolled back',
    'infra/tasks.ts',
    'alarms: { enable: true, rollback: true,',
    'alarms: { enable: true, rollback: false,',
  ],
  [
    'a deployment that does harm is rolled back',
    'infra/operations/service-alarms.ts',
    '[errors.name, slow.name]',
    '[slow.name]',
  ],
  [
    'every service says how the jobs stand',
    'infra/service.ts',
    'if (database) new JobMetrics(name, { scope, logGroupName: logGroup.name }, child);',
    '',
  ],
  [
    'everything is made by the provider that tags it',
    'infra/clinic.ts',
    'new aws.ecs.Cluster(scope, {',
    'new aws.ecs.Cluster(new aws.Provider(scope, { region }) && scope, {',
  ],
  [
    'a task carries the tags of its service',
    'infra/tasks.ts',
    "propagateTags: 'SERVICE'",
    "propagateTags: 'NONE'",
  ],
  [
    'there is one page of graphs',
    'infra/clinic.ts',
    'new Dashboard(scope, {',
    'new Dashboard(`${scope}-2`, { region, databaseClusterId, clusterName: cluster.name, loadBalancerArnSuffix: ingress.loadBalancerArnSuffix }); new Dashboard(scope, {',
  ],
];
