import { services } from '#catalogue';
import { all, at } from './find.ts';
import { fargate, faulty, given, is, wrong, type Invariants } from './parts.ts';

const alarm = 'aws:cloudwatch/metricAlarm:MetricAlarm';
const kinds = ['server-errors', 'slow-answers', 'unhealthy-targets', 'missing-tasks'];
const shared = [
  'balancer-errors',
  'database-capacity',
  'database-connections',
  'database-storage',
  'waiting-jobs',
  'dead-jobs',
];

/** Whether anybody is told of what goes wrong. */
export const operationsInvariants: Invariants = {
  'what goes wrong rings': (stack) =>
    [...shared, ...services.flatMap(({ name }) => kinds.map((kind) => `${name}-${kind}`))].filter(
      (ending) => !all(stack, alarm).some(({ name }) => name.endsWith(ending)),
    ),
  'who rings is heard': (stack) =>
    faulty(all(stack, alarm), 'alarmActions', (actions) => Array.isArray(actions) && actions.length === 1),
  'silence is judged on purpose': (stack) =>
    wrong(
      given(all(stack, alarm)),
      ({ name, treatMissingData }) =>
        (treatMissingData === 'missing') ===
        /(missing-tasks|waiting-jobs|database-capacity)$/.test(String(name)),
    ),
  'a deployment that does harm is rolled back': (stack) =>
    faulty(all(stack, fargate), 'alarms', (alarms) =>
      JSON.stringify(alarms).includes('server-errors'),
    ).concat(faulty(all(stack, fargate), 'alarms.rollback', (value) => value === true)),
  'every service says how the jobs stand': (stack) =>
    services
      .map(({ name }) => name)
      .filter(
        (name) =>
          all(stack, 'aws:cloudwatch/logMetricFilter:LogMetricFilter').filter((filter) =>
            String(at(filter, 'logGroupName')).endsWith(`/${name}`),
          ).length !== 2,
      ),
  'everything is made by the provider that tags it': (stack) =>
    stack.resources.filter(({ type }) => type.startsWith('pulumi:providers:')).map(({ name }) => name),
  'a task carries the tags of its service': (stack) =>
    faulty(all(stack, fargate), 'propagateTags', is('SERVICE')),
  'there is one page of graphs': (stack) =>
    all(stack, 'aws:cloudwatch/dashboard:Dashboard').length === 1 ? [] : ['not one dashboard'],
};
