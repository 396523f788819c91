import { beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { services, type Service } from '#catalogue';
import { connectionLimit } from './operations/connection-limit.ts';
import { isValues, type Values } from './testing/account.ts';
import { all, at, one, waitedFor } from './testing/find.ts';
import { rowsOf } from './testing/parts.ts';
import { loadStack, type LoadedStack, type Registered } from './testing/stack.ts';

const metricAlarm = 'aws:cloudwatch/metricAlarm:MetricAlarm';
const topic = 'arn:aws:sns:eu-central-1:123456789012:clinic-prod-alarms';

let prod: LoadedStack;

beforeAll(async () => {
  prod = await loadStack('prod');
});

const alarm = (name: string): Registered => one(prod, metricAlarm, `clinic-prod-${name}`);
const metrics = (name: string): Values[] =>
  rowsOf(at(alarm(name), 'metricQueries')).flatMap(({ metric }) => (isValues(metric) ? [metric] : []));

describe.each(services.map(({ name }) => name))('the service %s', (name) => {
  const targets = {
    LoadBalancer: 'app/clinic-prod/1',
    TargetGroup: `targetgroup/clinic-prod-${name}/1`,
  };

  it('rings when one of twenty answers fails, once there are enough to judge', () => {
    const { inputs } = alarm(`${name}-server-errors`);
    expect(inputs).toMatchObject({
      threshold: 5,
      comparisonOperator: 'GreaterThanThreshold',
      datapointsToAlarm: 3,
      evaluationPeriods: 5,
      treatMissingData: 'notBreaching',
    });
    expect(rowsOf(inputs.metricQueries)[0]).toMatchObject({
      expression: 'IF(answers >= 10, 100 * FILL(errors, 0) / answers, 0)',
      returnData: true,
    });
    expect(metrics(`${name}-server-errors`)).toEqual([
      {
        namespace: 'AWS/ApplicationELB',
        metricName: 'RequestCount',
        dimensions: targets,
        stat: 'Sum',
        period: 60,
      },
      {
        namespace: 'AWS/ApplicationELB',
        metricName: 'HTTPCode_Target_5XX_Count',
        dimensions: targets,
        stat: 'Sum',
        period: 60,
      },
    ]);
  });

  it('rings when one of twenty answers is slow, and not for a few requests', () => {
    expect(alarm(`${name}-slow-answers`).inputs).toMatchObject({
      namespace: 'AWS/ApplicationELB',
      metricName: 'TargetResponseTime',
      dimensions: targets,
      extendedStatistic: 'p95',
      evaluateLowSampleCountPercentiles: 'ignore',
      threshold: 1,
      treatMissingData: 'notBreaching',
    });
  });

  it('rolls a deployment back that makes these two ring, and them alone', () => {
    const tasks = one(prod, 'awsx:ecs:FargateService', `clinic-prod-${name}`);
    expect(at(tasks, 'alarms')).toEqual({
      enable: true,
      rollback: true,
      alarmNames: [`clinic-prod-${name}-server-errors`, `clinic-prod-${name}-slow-answers`],
    });
    expect(waitedFor(tasks, 'alarms')).toEqual([metricAlarm]);
  });

  it('rings when a task stays unhealthy', () => {
    expect(alarm(`${name}-unhealthy-targets`).inputs).toMatchObject({
      metricName: 'UnHealthyHostCount',
      dimensions: targets,
      statistic: 'Maximum',
      threshold: 0,
      evaluationPeriods: 5,
    });
  });

  it('rings when fewer tasks run than should, none included, and tells when nobody counts them', () => {
    const { inputs } = alarm(`${name}-missing-tasks`);
    expect(inputs).toMatchObject({
      threshold: 0,
      treatMissingData: 'missing',
      insufficientDataActions: [topic],
    });
    expect(rowsOf(inputs.metricQueries)[0]).toMatchObject({ expression: 'desired - FILL(running, 0)' });
    expect(metrics(`${name}-missing-tasks`)).toMatchObject(
      ['DesiredTaskCount', 'RunningTaskCount'].map((metricName) => ({
        metricName,
        namespace: 'ECS/ContainerInsights',
        dimensions: { ClusterName: 'clinic-prod', ServiceName: `clinic-prod-${name}-8f7e6d5` },
      })),
    );
    expect(at(one(prod, 'aws:ecs/cluster:Cluster'), 'settings')).toEqual([
      { name: 'containerInsights', value: 'enabled' },
    ]);
  });

  it('has the numbers of its line about jobs measured', () => {
    const filters = all(prod, 'aws:cloudwatch/logMetricFilter:LogMetricFilter').filter((filter) =>
      filter.name.startsWith(`clinic-prod-${name}-`),
    );
    expect(filters.map(({ inputs }) => inputs)).toEqual(
      [
        ['DeadJobs', 'deadJobs'],
        ['OldestJobSeconds', 'oldestJobSeconds'],
      ].map(([metric, field]) => ({
        logGroupName: `/clinic-prod/${name}`,
        pattern: `{ ($.msg = "jobs") && ($.${field} >= 0) }`,
        metricTransformation: { name: metric, namespace: 'clinic-prod', value: `$.${field}` },
      })),
    );
  });
});

describe('the stack', () => {
  it('rings when the load balancer has nobody to ask, or waits in vain for an answer', () => {
    expect(alarm('balancer-errors').inputs).toMatchObject({
      namespace: 'AWS/ApplicationELB',
      metricName: 'HTTPCode_ELB_5XX_Count',
      dimensions: { LoadBalancer: 'app/clinic-prod/1' },
      statistic: 'Sum',
      threshold: 10,
      datapointsToAlarm: 3,
      evaluationPeriods: 5,
      treatMissingData: 'notBreaching',
    });
  });

  it('rings when the database is at its limits, of which it is told the configured ones', async () => {
    const expected = (maxAcu: number, connections: number, gib: number) => [
      {
        metricName: 'ACUUtilization',
        threshold: 90,
        alarmDescription: expect.stringContaining(`${maxAcu} ACU`),
      },
      { metricName: 'DatabaseConnections', threshold: connections },
      { metricName: 'VolumeBytesUsed', threshold: gib * 1024 ** 3 },
    ];
    const found = (stack: LoadedStack): Values[] =>
      ['capacity', 'connections', 'storage'].map((part) => {
        const { inputs, name } = one(stack, metricAlarm, `clinic-prod-database-${part}`);
        expect(inputs.dimensions).toEqual({ DBClusterIdentifier: 'clinic-prod-id' });
        expect(name).toBe(inputs.name);
        return inputs;
      });
    expect(found(prod)).toMatchObject(expected(8, 1209, 50));
    const small = await loadStack('prod', { config: { databaseMaxAcu: '2', alarmStorageGiB: 7 } });
    expect(found(small)).toMatchObject(expected(2, 302, 7));
  });

  it('rings when a job waits or was given up, and tells when no service speaks of jobs', () => {
    expect(alarm('waiting-jobs').inputs).toMatchObject({
      namespace: 'clinic-prod',
      metricName: 'OldestJobSeconds',
      statistic: 'Maximum',
      threshold: 300,
      treatMissingData: 'missing',
      insufficientDataActions: [topic],
    });
    expect(alarm('dead-jobs').inputs).toMatchObject({
      namespace: 'clinic-prod',
      metricName: 'DeadJobs',
      threshold: 0,
      treatMissingData: 'notBreaching',
    });
  });

  it('says to its topic, which is called as the manual has it, that an alarm rings and that it is over', () => {
    expect(one(prod, 'aws:sns/topic:Topic').inputs.name).toBe('clinic-prod-alarms');
    for (const { inputs } of all(prod, metricAlarm))
      expect(inputs).toMatchObject({ alarmActions: [topic], okActions: [topic] });
  });

  it('writes to whom the configuration names, or to nobody', async () => {
    const subscription = 'aws:sns/topicSubscription:TopicSubscription';
    expect(all(prod, subscription)).toEqual([]);
    const written = await loadStack('prod', { config: { alarmEmail: 'on-call@clinic.example' } });
    expect(one(written, subscription).inputs).toEqual({
      topic,
      protocol: 'email',
      endpoint: 'on-call@clinic.example',
    });
  });

  it('shows on one page what the alarms judge, of services that are still to come too', async () => {
    const body = at(one(prod, 'aws:cloudwatch/dashboard:Dashboard'), 'dashboardBody');
    for (const { inputs } of all(prod, metricAlarm))
      for (const name of metricsOf(inputs).filter(
        (metric) => !/^(ACUUtilization|DesiredTaskCount)$/.test(metric),
      ))
        expect(body).toContain(name);
    const toCome: Service = {
      name: 'to-come',
      port: 4002,
      prefix: '/to-come',
      needs: ['database'],
      scopes: {},
    };
    const more = await loadStack('prod', { catalogue: [...services, toCome] });
    expect(at(one(more, 'aws:cloudwatch/dashboard:Dashboard'), 'dashboardBody')).toBe(body);
    const { widgets } = JSON.parse(String(body)) as { widgets: { x: number; width: number }[] };
    for (const { x, width } of widgets) expect(x + width).toBeLessThanOrEqual(24);
  });
});

const metricsOf = (inputs: Values): string[] =>
  rowsOf(inputs.metricQueries)
    .flatMap(({ metric }) => (isValues(metric) ? [metric.metricName] : []))
    .concat(inputs.metricName ?? [])
    .map(String);

describe('the runbook', () => {
  it('has an entry for every alarm, and for nothing else', () => {
    const runbook = readFileSync(join(import.meta.dirname, '..', 'docs', 'operations.md'), 'utf8');
    const chapter = runbook.split(/^## /m).find((text) => text.startsWith('Alarms')) ?? '';
    const entries = [...chapter.matchAll(/^### (\S+)$/gm)].map(([, kind]) => kind);
    const kinds = all(prod, metricAlarm).map(({ name }) =>
      services.reduce(
        (kind, service) => kind.replace(`${service.name}-`, ''),
        name.replace('clinic-prod-', ''),
      ),
    );
    expect(entries.toSorted()).toEqual([...new Set(kinds)].sort());
  });
});

describe('connections that a database takes at least', () => {
  it.each([
    [0.5, 1, 189],
    [1, 8, 1512],
    [0.5, 16, 2000],
    [1, 64, 5000],
  ])('from %d to %d ACU: %d', (min, max, limit) => {
    expect(connectionLimit(min, max)).toBe(limit);
  });
});
