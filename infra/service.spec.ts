import { beforeAll, describe, expect, it } from '@jest/globals';
import { services } from '#catalogue';
import { all, at, environmentOf, one, statementsOf, waitedFor } from './testing/find.ts';
import { loadStack, type LoadedStack, type Registered } from './testing/stack.ts';

let dev: LoadedStack;
let prod: LoadedStack;

beforeAll(async () => {
  dev = await loadStack('dev');
  prod = await loadStack('prod');
});

const fargate = 'awsx:ecs:FargateService';
const account = 'eu-central-1:123456789012';

function tasks(stack: LoadedStack, service: string): Registered {
  return all(stack, fargate).find(({ name }) => name.endsWith(`-${service}`)) ?? one(stack, fargate, service);
}

function statements(stack: LoadedStack, role: string): unknown[] {
  return statementsOf(at(one(stack, 'aws:iam/rolePolicy:RolePolicy', role), 'policy'));
}

describe.each(services)('the service $name', ({ name, port, prefix }) => {
  const part = `clinic-dev-${name}`;

  describe('has a repository', () => {
    it('whose tags never move and whose images are scanned', () => {
      expect(one(dev, 'aws:ecr/repository:Repository', part).inputs).toMatchObject({
        name: `clinic-dev/${name}`,
        imageTagMutability: 'IMMUTABLE',
        imageScanningConfiguration: { scanOnPush: true },
      });
    });

    it('that keeps the last twenty', () => {
      const policy = at(one(dev, 'aws:ecr/lifecyclePolicy:LifecyclePolicy', part), 'policy');
      expect(JSON.parse(String(policy))).toMatchObject({
        rules: [
          {
            selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 20 },
            action: { type: 'expire' },
          },
        ],
      });
    });

    it('that goes with its images only where nothing is kept', () => {
      expect(one(dev, 'aws:ecr/repository:Repository', part).inputs).toMatchObject({ forceDelete: true });
      expect(one(prod, 'aws:ecr/repository:Repository', `clinic-prod-${name}`).inputs).toMatchObject({
        forceDelete: false,
      });
    });
  });

  it('is found by its path and everything below it', () => {
    const rule = one(dev, 'aws:lb/listenerRule:ListenerRule', part);
    expect(rule.inputs).toMatchObject({
      listenerArn: `arn:aws:elasticloadbalancing:${account}:listener/app/clinic-dev/1/80`,
      priority: port,
      conditions: [{ pathPattern: { values: [prefix, `${prefix}/*`] } }],
      actions: [
        {
          type: 'forward',
          targetGroupArn: `arn:aws:elasticloadbalancing:${account}:targetgroup/${part}/1`,
        },
      ],
    });
  });

  it('has an ip target group on its port that asks whether it is live', () => {
    expect(one(dev, 'aws:lb/targetGroup:TargetGroup', part).inputs).toMatchObject({
      vpcId: 'vpc-clinic-dev',
      targetType: 'ip',
      protocol: 'HTTP',
      port,
      healthCheck: { path: `${prefix}/health/live`, matcher: '200' },
    });
  });

  it('runs in the private subnets without a public address, in a group of its own', () => {
    expect(tasks(prod, name).inputs).toMatchObject({
      networkConfiguration: {
        subnets: ['subnet-private-1', 'subnet-private-2', 'subnet-private-3'],
        securityGroups: [`clinic-prod-${name}-id`],
        assignPublicIp: false,
      },
    });
  });

  it('is open to the load balancer on its port and to nobody else', () => {
    const openings = all(dev, 'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule')
      .filter(({ inputs }) => inputs.securityGroupId === `${part}-id`)
      .map(({ inputs: { description, ...rule } }) => [typeof description, rule]);
    expect(openings).toEqual([
      [
        'string',
        {
          securityGroupId: `${part}-id`,
          referencedSecurityGroupId: 'clinic-dev-alb-id',
          ipProtocol: 'tcp',
          fromPort: port,
          toPort: port,
        },
      ],
    ]);
    expect(one(dev, 'aws:ec2/securityGroup:SecurityGroup', part).inputs).not.toHaveProperty('ingress');
  });

  it('may speak to the database and out on 443', () => {
    const ways = all(dev, 'aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule')
      .filter(({ inputs }) => inputs.securityGroupId === `${part}-id`)
      .map(({ inputs }) => [
        inputs.fromPort,
        inputs.toPort,
        inputs.referencedSecurityGroupId ?? inputs.cidrIpv4,
      ]);
    expect(ways).toEqual([
      [5432, 5432, 'clinic-dev-database-id'],
      [443, 443, '0.0.0.0/0'],
    ]);
  });

  it('receives requests at its container and port', () => {
    expect(tasks(dev, name).inputs).toMatchObject({
      loadBalancers: [
        {
          containerName: 'app',
          containerPort: port,
          targetGroupArn: `arn:aws:elasticloadbalancing:${account}:targetgroup/${part}/1`,
        },
      ],
      taskDefinitionArgs: {
        containers: { app: { portMappings: [{ containerPort: port, hostPort: port, protocol: 'tcp' }] } },
      },
    });
  });

  it('runs containers that write nowhere, are not root and reap their children', () => {
    for (const container of ['app', 'migrate'])
      expect(at(tasks(prod, name), `taskDefinitionArgs.containers.${container}`)).toMatchObject({
        user: '1000:1000',
        readonlyRootFilesystem: true,
        linuxParameters: { initProcessEnabled: true },
      });
    expect(at(tasks(prod, name), 'taskDefinitionArgs.volumes')).toEqual([]);
  });

  it('migrates before it serves, from the same image', () => {
    const [app, migrate] = ['app', 'migrate'].map((container) =>
      at(tasks(dev, name), `taskDefinitionArgs.containers.${container}`),
    );
    expect(migrate).toMatchObject({ essential: false, command: ['node', 'dist/service/migrate.js'] });
    expect(app).toMatchObject({
      essential: true,
      dependsOn: [{ containerName: 'migrate', condition: 'SUCCESS' }],
    });
    const image = `123456789012.dkr.ecr.eu-central-1.amazonaws.com/clinic-dev/${name}@sha256:${'d'.repeat(64)}`;
    expect([app, migrate]).toMatchObject([{ image }, { image }]);
  });

  it('is told what memory it has, and how much of that is for what is young', () => {
    const app = (stack: LoadedStack): unknown => at(tasks(stack, name), 'taskDefinitionArgs.containers.app');
    const command = (half: number): string[] => [
      'node',
      `--max-semi-space-size=${half}`,
      'dist/service/main.js',
    ];
    expect(app(dev)).toMatchObject({ memory: 512, command: command(32) });
    expect(app(prod)).toMatchObject({ memory: 1024, command: command(64) });
  });

  it('is told whose tokens it accepts', () => {
    expect(environmentOf(tasks(prod, name), 'app')).toMatchObject({
      OIDC_ISSUER: 'https://cognito-idp.eu-central-1.amazonaws.com/clinic-prod-id',
      OIDC_CLIENT_IDS: 'clinic-prod-machine-id,clinic-prod-app-id',
    });
  });

  it('is let go of for longer than it drains, and stopped only after that', () => {
    const drain = Number(environmentOf(tasks(dev, name), 'app').DRAIN_SECONDS);
    const deregistration = Number(
      at(one(dev, 'aws:lb/targetGroup:TargetGroup', part), 'deregistrationDelay'),
    );
    const stop = Number(at(tasks(dev, name), 'taskDefinitionArgs.containers.app.stopTimeout'));
    expect([drain, deregistration, stop, 120]).toEqual(
      [drain, deregistration, stop, 120].sort((a, b) => a - b),
    );
    expect(drain).toBeGreaterThan(0);
  });

  it('is replaced without losing capacity and rolled back when that fails', () => {
    expect(tasks(prod, name).inputs).toMatchObject({
      deploymentCircuitBreaker: { enable: true, rollback: true },
      deploymentMinimumHealthyPercent: 100,
      deploymentMaximumPercent: 200,
    });
    expect(tasks(prod, name).inputs).not.toHaveProperty('continueBeforeSteadyState');
  });

  it('keeps its task family', () => {
    expect(at(tasks(dev, name), 'taskDefinitionArgs.family')).toBe(part);
  });

  it('has a shell in dev and none in prod', () => {
    expect(tasks(dev, name).inputs).toMatchObject({ enableExecuteCommand: true });
    expect(tasks(prod, name).inputs).toMatchObject({ enableExecuteCommand: false });
  });

  it('logs to its own group, which keeps as long as the stack says', () => {
    const group = (stack: string): Registered =>
      one(stack === 'dev' ? dev : prod, 'aws:cloudwatch/logGroup:LogGroup', `clinic-${stack}-${name}`);
    expect(group('dev').inputs).toEqual({ name: `/clinic-dev/${name}`, retentionInDays: 7 });
    expect(group('prod').inputs).toEqual({ name: `/clinic-prod/${name}`, retentionInDays: 365 });
    expect(at(tasks(dev, name), 'taskDefinitionArgs.logGroup')).toEqual({ skip: true });
    for (const container of ['app', 'migrate'])
      expect(at(tasks(dev, name), `taskDefinitionArgs.containers.${container}.logConfiguration`)).toEqual({
        logDriver: 'awslogs',
        options: {
          'awslogs-group': `/clinic-dev/${name}`,
          'awslogs-region': 'eu-central-1',
          'awslogs-stream-prefix': container,
        },
      });
  });

  it('asks itself whether it is live, without a shell', () => {
    const command = at(tasks(dev, name), 'taskDefinitionArgs.containers.app.healthCheck.command');
    expect(command).toEqual([
      'CMD',
      'node',
      '--eval',
      expect.stringContaining(`:${port}${prefix}/health/live'`),
    ]);
  });

  it('is started by a role that pulls its image, writes its logs and reads the secret, and no more', () => {
    expect(at(tasks(dev, name), 'taskDefinitionArgs.executionRole')).toEqual({
      roleArn: `arn:aws:iam::123456789012:role/${part}-execution`,
    });
    expect(statements(dev, `${part}-execution`)).toEqual([
      { Effect: 'Allow', Action: ['ecr:GetAuthorizationToken'], Resource: ['*'] },
      {
        Effect: 'Allow',
        Action: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
        Resource: [`arn:aws:ecr:${account}:repository/clinic-dev/${name}`],
      },
      {
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: [`arn:aws:logs:${account}:log-group:/clinic-dev/${name}:*`],
      },
      {
        Effect: 'Allow',
        Action: ['secretsmanager:GetSecretValue'],
        Resource: [`arn:aws:secretsmanager:${account}:secret:owner`],
      },
    ]);
  });

  it('acts as a role that may sign in to the database as itself, and no more', () => {
    expect(at(tasks(prod, name), 'taskDefinitionArgs.taskRole')).toEqual({
      roleArn: `arn:aws:iam::123456789012:role/clinic-prod-${name}-task`,
    });
    const signIn = {
      Effect: 'Allow',
      Action: ['rds-db:connect'],
      Resource: [`arn:aws:rds-db:${account}:dbuser:cluster-RESOURCE/${name}`],
    };
    expect(statements(prod, `clinic-prod-${name}-task`)).toEqual([signIn]);
    expect(statements(dev, `${part}-task`)).toMatchObject([
      signIn,
      { Action: expect.arrayContaining(['ssmmessages:OpenDataChannel']), Resource: ['*'] },
    ]);
  });

  it('has roles that tasks of this account alone may take', () => {
    for (const role of ['execution', 'task'])
      expect(statementsOf(at(one(dev, 'aws:iam/role:Role', `${part}-${role}`), 'assumeRolePolicy'))).toEqual([
        {
          Effect: 'Allow',
          Principal: { Service: 'ecs-tasks.amazonaws.com' },
          Action: ['sts:AssumeRole'],
          Condition: {
            StringEquals: { 'aws:SourceAccount': '123456789012' },
            ArnLike: { 'aws:SourceArn': `arn:aws:ecs:${account}:*` },
          },
        },
      ]);
  });

  it('grows and shrinks with its CPU and its requests', () => {
    const target = one(prod, 'aws:appautoscaling/target:Target', `clinic-prod-${name}`);
    expect(target.inputs).toMatchObject({
      serviceNamespace: 'ecs',
      scalableDimension: 'ecs:service:DesiredCount',
      resourceId: `service/clinic-prod/clinic-prod-${name}-8f7e6d5`,
      minCapacity: 2,
      maxCapacity: 8,
    });
    const metrics = ['cpu', 'requests'].map((purpose) =>
      at(
        one(prod, 'aws:appautoscaling/policy:Policy', `clinic-prod-${name}-${purpose}`),
        'targetTrackingScalingPolicyConfiguration.predefinedMetricSpecification',
      ),
    );
    expect(metrics).toEqual([
      { predefinedMetricType: 'ECSServiceAverageCPUUtilization' },
      {
        predefinedMetricType: 'ALBRequestCountPerTarget',
        resourceLabel: `app/clinic-prod/1/targetgroup/clinic-prod-${name}/1`,
      },
    ]);
  });

  it('begins with as many tasks as it has at least, and leaves their number to the scaling then', async () => {
    expect([at(tasks(dev, name), 'desiredCount'), at(tasks(prod, name), 'desiredCount')]).toEqual([1, 2]);
    const [transform] = one(dev, 'clinic:service:Service', part).transforms;
    const ofType = async (type: string): Promise<unknown> =>
      transform?.({ type, name: part, custom: true, props: {}, opts: {} });
    expect(await ofType('aws:ecs/service:Service')).toEqual({
      props: {},
      opts: expect.objectContaining({ ignoreChanges: ['desiredCount'] }),
    });
    expect(await ofType('aws:ecs/taskDefinition:TaskDefinition')).toBeUndefined();
  });
});

describe('the tasks of a service begin only', () => {
  it('when the rule of their target group is there', () => {
    expect(waitedFor(tasks(dev, 'patient'), 'loadBalancers')).toEqual([
      'aws:lb/listenerRule:ListenerRule',
      'aws:lb/targetGroup:TargetGroup',
    ]);
  });

  it('when the network has its routes and the doors are open', () => {
    expect(waitedFor(tasks(dev, 'patient'), 'networkConfiguration')).toEqual([
      'aws:ec2/securityGroup:SecurityGroup',
      'aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule',
      'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule',
      'awsx:ec2:Vpc',
    ]);
  });

  it('when there are a database, an issuer, permissions and the image', () => {
    expect(waitedFor(tasks(dev, 'patient'), 'taskDefinitionArgs')).toEqual([
      'aws:cloudwatch/logGroup:LogGroup',
      'aws:cognito/userPool:UserPool',
      'aws:cognito/userPoolClient:UserPoolClient',
      'aws:iam/role:Role',
      'aws:iam/rolePolicy:RolePolicy',
      'aws:rds/cluster:Cluster',
      'aws:rds/clusterInstance:ClusterInstance',
      'docker:index/image:Image',
    ]);
  });
});

describe('by configuration', () => {
  it('tasks have the size of the stack', () => {
    expect(at(tasks(dev, 'patient'), 'taskDefinitionArgs')).toMatchObject({ cpu: '256', memory: '512' });
    expect(at(tasks(prod, 'patient'), 'taskDefinitionArgs')).toMatchObject({ cpu: '512', memory: '1024' });
  });

  it('clients are accepted instead of an audience', async () => {
    const stack = await loadStack('dev', {
      config: { oidcIssuer: 'https://id.clinic.example', oidcClientIds: ['one', 'two'] },
    });
    const environment = environmentOf(tasks(stack, 'patient'), 'app');
    expect(environment).toMatchObject({ OIDC_CLIENT_IDS: 'one,two' });
    expect(environment).not.toHaveProperty('OIDC_AUDIENCE');
  });

  it('pages of other origins may call, and callers are held to another rate', async () => {
    const config = { corsOrigins: ['https://app.example', 'http://localhost:5173'], rateLimitPerMinute: 60 };
    const stack = await loadStack('dev', { config });
    expect(environmentOf(tasks(stack, 'patient'), 'app')).toMatchObject({
      CORS_ORIGINS: 'https://app.example,http://localhost:5173',
      RATE_LIMIT_PER_MINUTE: '60',
    });
    const usual = environmentOf(tasks(dev, 'patient'), 'app');
    expect(usual).toMatchObject({ RATE_LIMIT_PER_MINUTE: '6000' });
    expect(usual).not.toHaveProperty('CORS_ORIGINS');
  });

  it('a shell has places to write to, although the root file system is read-only', () => {
    expect(at(tasks(dev, 'patient'), 'taskDefinitionArgs')).toMatchObject({
      volumes: [{ name: 'exec-lib' }, { name: 'exec-log' }],
      containers: {
        app: {
          readonlyRootFilesystem: true,
          mountPoints: [
            { sourceVolume: 'exec-lib', containerPath: '/var/lib/amazon' },
            { sourceVolume: 'exec-log', containerPath: '/var/log/amazon' },
          ],
        },
      },
    });
  });

  it('a service that needs no database has neither migration nor permission nor way to it', async () => {
    const alone = { name: 'alone', port: 4000, prefix: '/alone', needs: [], scopes: {} };
    const stack = await loadStack('prod', { catalogue: [alone] });
    expect(at(tasks(stack, 'alone'), 'taskDefinitionArgs.containers')).toEqual({ app: expect.anything() });
    expect(environmentOf(tasks(stack, 'alone'), 'app')).not.toHaveProperty('DATABASE_URL');
    const policies = all(stack, 'aws:iam/rolePolicy:RolePolicy').filter(({ name }) => name.includes('alone'));
    expect(JSON.stringify(policies.map(({ inputs }) => inputs))).not.toMatch(/rds-db|secretsmanager/);
    const rules = stack.resources.filter(({ type }) => /SecurityGroup(Ingress|Egress)Rule$/.test(type));
    expect(JSON.stringify(rules.map(({ inputs }) => inputs))).not.toContain('database');
  });
});

it('services tell the collector that the stack names, with no further right and way out', async () => {
  const otlpEndpoint = 'https://otel.clinic.example';
  const told = await loadStack('dev', { config: { otlpEndpoint } });
  const key = 'OTEL_EXPORTER_OTLP_ENDPOINT';
  for (const { name } of services) {
    expect(environmentOf(tasks(told, name), 'app')).toMatchObject({ [key]: otlpEndpoint });
    expect(environmentOf(tasks(told, name), 'migrate')).not.toHaveProperty(key);
    expect(environmentOf(tasks(dev, name), 'app')).not.toHaveProperty(key);
  }
  const others = ({ resources }: LoadedStack) => resources.filter(({ type }) => type !== fargate);
  expect(others(told).map(({ name, inputs }) => ({ name, inputs }))).toEqual(
    others(dev).map(({ name, inputs }) => ({ name, inputs })),
  );
});
