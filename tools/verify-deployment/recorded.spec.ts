import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as cloudWatch from '@aws-sdk/client-cloudwatch';
import * as logs from '@aws-sdk/client-cloudwatch-logs';
import * as ecs from '@aws-sdk/client-ecs';
import * as elb from '@aws-sdk/client-elastic-load-balancing-v2';
import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { openAccount, type Account } from './account.fixtures.ts';
import { faultsOf, leavesIn, leavesOfXml } from './model.fixtures.ts';

const folder = join(import.meta.dirname, 'recorded');
const files = globSync('*/*.{json,xml}', { cwd: folder }).sort();
const options = {
  region: 'eu-central-1',
  credentials: { accessKeyId: 'nobody', secretAccessKey: 'nothing' },
};
const [cluster, arn] = ['clinic-dev', 'arn:aws:ecs:eu-central-1:123456789012:it'];

interface Operation {
  /** As the SDK's own client decodes it. */
  readonly ask: (endpoint: string) => Promise<object>;
  /** The published model of the answer. */
  readonly model: readonly unknown[];
}

const ecsAt = (endpoint: string): ecs.ECSClient => new ecs.ECSClient({ ...options, endpoint });
const operations: Readonly<Record<string, Operation>> = {
  DescribeServices: {
    ask: (at) => ecsAt(at).send(new ecs.DescribeServicesCommand({ cluster, services: ['it'] })),
    model: ecs.DescribeServicesResponse$,
  },
  DescribeTaskDefinition: {
    ask: (at) => ecsAt(at).send(new ecs.DescribeTaskDefinitionCommand({ taskDefinition: arn })),
    model: ecs.DescribeTaskDefinitionResponse$,
  },
  ListTasks: {
    ask: (at) => ecsAt(at).send(new ecs.ListTasksCommand({ cluster })),
    model: ecs.ListTasksResponse$,
  },
  DescribeTasks: {
    ask: (at) => ecsAt(at).send(new ecs.DescribeTasksCommand({ cluster, tasks: [arn] })),
    model: ecs.DescribeTasksResponse$,
  },
  DescribeTargetHealth: {
    ask: (endpoint) =>
      new elb.ElasticLoadBalancingV2Client({ ...options, endpoint }).send(
        new elb.DescribeTargetHealthCommand({ TargetGroupArn: arn }),
      ),
    model: elb.DescribeTargetHealthOutput$,
  },
  DescribeAlarms: {
    ask: (endpoint) =>
      new cloudWatch.CloudWatchClient({ ...options, endpoint }).send(
        new cloudWatch.DescribeAlarmsCommand({}),
      ),
    model: cloudWatch.DescribeAlarmsOutput$,
  },
  FilterLogEvents: {
    ask: (endpoint) =>
      new logs.CloudWatchLogsClient({ ...options, endpoint }).send(
        new logs.FilterLogEventsCommand({ logGroupName: 'it' }),
      ),
    model: logs.FilterLogEventsResponse$,
  },
};

/** By the name of the member that is one of them. */
const enumerations = {
  rolloutState: ecs.DeploymentRolloutState,
  launchType: ecs.LaunchType,
  stopCode: ecs.TaskStopCode,
  networkMode: ecs.NetworkMode,
  condition: ecs.ContainerCondition,
  State: elb.TargetHealthStateEnum,
  Reason: elb.TargetHealthReasonEnum,
  StateValue: cloudWatch.StateValue,
  ComparisonOperator: cloudWatch.ComparisonOperator,
  Statistic: cloudWatch.Statistic,
};

async function decoded(file: string): Promise<object> {
  const account = await openAccount(dirname(file));
  try {
    const answer = await operationOf(file).ask(account.url);
    // What the client itself notes of the request.
    Reflect.deleteProperty(answer, '$metadata');
    return answer;
  } finally {
    await account.close();
  }
}

function operationOf(file: string): Operation {
  const operation = operations[basename(file, extname(file))];
  if (!operation) throw new Error(`${file}: no client is known to ask for it`);
  return operation;
}

describe('an answer that is kept is one that AWS could send', () => {
  it.each(files)('%s', async (file) => {
    const answer = await decoded(file);
    expect(faultsOf(answer, operationOf(file).model, enumerations)).toEqual([]);
    // A client passes over what the model does not have.
    const sent = readFileSync(join(folder, file), 'utf8');
    expect(leavesIn(answer)).toBe(
      extname(file) === '.xml' ? leavesOfXml(sent) : leavesIn(JSON.parse(sent) as object),
    );
  });
});

describe('an answer that AWS could not send is found', () => {
  let account: Account;
  beforeAll(async () => {
    account = await openAccount('stuck');
  });
  afterAll(() => account.close());

  it.each<[string, (deployment: Record<string, unknown>) => void, string]>([
    ['by its type', (it) => (it.runningCount = '2'), 'services.0.deployments.0.runningCount: "2"'],
    ['by a date that is text', (it) => (it.createdAt = '2026-11-20'), 'createdAt: "2026-11-20"'],
    ['by its member', (it) => (it.rollout = 'COMPLETED'), 'services.0.deployments.0.rollout'],
    ['by its enumeration', (it) => (it.rolloutState = 'DONE'), 'rolloutState: "DONE"'],
  ])('%s', async (_, change, fault) => {
    const answer = (await operationOf('DescribeServices.json').ask(account.url)) as {
      services: { deployments: Record<string, unknown>[] }[];
    };
    const deployment = answer.services[0]?.deployments[0] ?? {};
    change(deployment);
    const model = ecs.DescribeServicesResponse$;
    expect(faultsOf({ services: answer.services }, model, enumerations)).toEqual([
      expect.stringContaining(fault),
    ]);
  });
});
