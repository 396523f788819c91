import { services } from '#catalogue';
import { accessInvariants } from './invariants-access.ts';
import { dataInvariants } from './invariants-data.ts';
import { operationsInvariants } from './invariants-operations.ts';
import { all, at, one, waitedFor } from './find.ts';
import { balancer, containers, fargate, faulty, is, rowsOf, vpc, wrong, type Invariants } from './parts.ts';

const targetGroup = 'aws:lb/targetGroup:TargetGroup';
const scalingPolicy = 'aws:appautoscaling/policy:Policy';
const listenerRule = 'aws:lb/listenerRule:ListenerRule';

const subnetsAre = (kind: string) => (value: unknown) =>
  Array.isArray(value) && value.length >= 2 && value.every((id) => String(id).startsWith(`subnet-${kind}-`));

const networkInvariants: Invariants = {
  'tasks have no public address': (stack) =>
    faulty(all(stack, fargate), 'networkConfiguration.assignPublicIp', is(false)),
  'tasks run in private subnets': (stack) =>
    faulty(all(stack, fargate), 'networkConfiguration.subnets', subnetsAre('private')),
  'the load balancer is in public subnets': (stack) =>
    faulty(all(stack, balancer), 'subnetIds', subnetsAre('public')),
  'host names resolve inside the network': (stack) => [
    ...faulty(all(stack, vpc), 'enableDnsHostnames', is(true)),
    ...faulty(all(stack, vpc), 'enableDnsSupport', is(true)),
  ],
  'S3 is reached by a gateway endpoint': (stack) =>
    faulty(all(stack, vpc), 'vpcEndpointSpecs', (specs) =>
      rowsOf(specs).some(
        ({ serviceName, vpcEndpointType }) =>
          String(serviceName).endsWith('.s3') && vpcEndpointType === 'Gateway',
      ),
    ),
};

const routingInvariants: Invariants = {
  'every path of the catalogue has a rule': (stack) =>
    services
      .filter(
        ({ prefix }) =>
          !all(stack, listenerRule).some(({ inputs }) =>
            rowsOf(inputs.conditions).some((condition) =>
              is({ pathPattern: { values: [prefix, `${prefix}/*`] } })(condition),
            ),
          ),
      )
      .map(({ prefix }) => prefix),
  'a rule has the priority of its port': (stack) =>
    services.flatMap(({ name, port }) =>
      faulty(
        all(stack, listenerRule).filter((rule) => rule.name.endsWith(`-${name}`)),
        'priority',
        is(port),
      ),
    ),
  'a service has one port, from the load balancer to its container': (stack) =>
    services.flatMap(({ name, port }) => {
      const mine = (type: string) => all(stack, type).filter((part) => part.name.endsWith(`-${name}`));
      const portsOf = (rows: unknown) => rowsOf(rows).map(({ containerPort }) => containerPort);
      const door = 'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule';
      const doors = all(stack, door).filter((part) => part.name.endsWith(`-${name}-alb`));
      const mapped = 'taskDefinitionArgs.containers.app.portMappings';
      return [
        ...faulty(mine(targetGroup), 'port', is(port)),
        ...faulty(mine(fargate), 'loadBalancers', (rows) => is([port])(portsOf(rows))),
        ...faulty(mine(fargate), mapped, (rows) => is([port])(portsOf(rows))),
        ...faulty(doors, 'fromPort', is(port)),
        ...faulty(doors, 'toPort', is(port)),
      ];
    }),
  'targets are addresses of tasks': (stack) => faulty(all(stack, targetGroup), 'targetType', is('ip')),
  'a target is asked whether it is live': (stack) =>
    faulty(all(stack, targetGroup), 'healthCheck.path', (path) => String(path).endsWith('/health/live')),
  'a path of no service answers 404': (stack) => {
    const listeners = all(stack, 'aws:lb/listener:Listener').map(({ inputs }) => inputs.defaultActions);
    const first = listeners.length > 0 ? [] : [at(one(stack, balancer), 'listener.defaultActions')];
    return wrong(
      [...listeners, ...first].flatMap(rowsOf).map((values) => ({ of: 'the default action', values })),
      ({ type, fixedResponse }) =>
        type === 'fixed-response' && rowsOf([fixedResponse]).some(({ statusCode }) => statusCode === '404'),
    );
  },
  'invalid headers are dropped': (stack) => faulty(all(stack, balancer), 'dropInvalidHeaderFields', is(true)),
};

const deploymentInvariants: Invariants = {
  'a failed deployment stops': (stack) =>
    faulty(all(stack, fargate), 'deploymentCircuitBreaker.enable', is(true)),
  'a failed deployment is rolled back': (stack) =>
    faulty(all(stack, fargate), 'deploymentCircuitBreaker.rollback', is(true)),
  'what ran before can be run again': (stack) =>
    faulty(all(stack, fargate), 'taskDefinitionArgs.skipDestroy', is(true)),
  'a deployment loses no capacity': (stack) => [
    ...faulty(all(stack, fargate), 'deploymentMinimumHealthyPercent', is(100)),
    ...faulty(all(stack, fargate), 'deploymentMaximumPercent', (percent) => Number(percent) > 100),
  ],
  'a stopping task finishes its answers': (stack) => {
    const delay = Math.max(
      ...all(stack, targetGroup).map(({ inputs }) => Number(inputs.deregistrationDelay ?? 300)),
    );
    return wrong(containers(stack, 'app'), ({ environment, stopTimeout }) => {
      const drain = rowsOf(environment).find(({ name }) => name === 'DRAIN_SECONDS')?.value;
      return Number(drain) < delay && delay < Number(stopTimeout ?? 30);
    });
  },
  'a task that is still starting is not replaced': (stack) =>
    faulty(all(stack, fargate), 'healthCheckGracePeriodSeconds', (seconds) => Number(seconds) > 0),
  'a service is made after its rule': (stack) =>
    wrong(
      all(stack, fargate).map((tasks) => ({ of: tasks.name, values: waitedFor(tasks, 'loadBalancers') })),
      (types) => types.includes(listenerRule),
    ),
  'how many tasks there are is left to the scaling': async (stack) => {
    const ignored = await Promise.all(
      all(stack, 'clinic:service:Service').map(async ({ name, transforms: [transform] }) => ({
        of: name,
        values: await transform?.({
          type: 'aws:ecs/service:Service',
          name,
          custom: true,
          props: {},
          opts: {},
        }),
      })),
    );
    return wrong(ignored, (result) => is(['desiredCount'])(result?.opts.ignoreChanges));
  },
  'scaling aims at what it was measured for': (stack) =>
    Object.entries({ cpu: 60, requests: 1500 }).flatMap(([purpose, target]) =>
      faulty(
        all(stack, scalingPolicy).filter(({ name }) => name.endsWith(`-${purpose}`)),
        'targetTrackingScalingPolicyConfiguration.targetValue',
        is(target),
      ),
    ),
  'tasks grow with CPU and with requests': (stack) =>
    services.flatMap(({ name }) =>
      ['cpu', 'requests']
        .map((purpose) => `${name}-${purpose}`)
        .filter((part) => !all(stack, scalingPolicy).some((policy) => policy.name.endsWith(part))),
    ),
  'a service keeps its task family': (stack) =>
    all(stack, fargate).length === 0
      ? ['no tasks']
      : all(stack, fargate).flatMap((tasks) => faulty([tasks], 'taskDefinitionArgs.family', is(tasks.name))),
};

/** What holds in every stack, however it is configured. */
export const invariants: Invariants = {
  ...networkInvariants,
  ...routingInvariants,
  ...deploymentInvariants,
  ...accessInvariants,
  ...dataInvariants,
  ...operationsInvariants,
};
