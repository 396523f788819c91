import { services } from '#catalogue';
import { accessInvariants } from './invariants-access.ts';
import { dataInvariants } from './invariants-data.ts';
import { deliveryInvariants } from './invariants-delivery.ts';
import { identityInvariants } from './invariants-identity.ts';
import { operationsInvariants } from './invariants-operations.ts';
import { all, at, one, waitedFor } from './find.ts';
import { containers, faulty, fargate, rowsOf, type Invariants } from './parts.ts';

const vpc = 'awsx:ec2:Vpc';
const balancer = 'awsx:lb:ApplicationLoadBalancer';
const targetGroup = 'aws:lb/targetGroup:TargetGroup';
const listenerRule = 'aws:lb/listenerRule:ListenerRule';

const is = (expected: unknown) => (value: unknown) => JSON.stringify(value) === JSON.stringify(expected);
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
    return [...listeners, ...first]
      .flatMap(rowsOf)
      .filter(
        ({ type, fixedResponse }) =>
          type !== 'fixed-response' ||
          !rowsOf([fixedResponse]).some(({ statusCode }) => statusCode === '404'),
      )
      .map((action) => JSON.stringify(action));
  },
  'invalid headers are dropped': (stack) => faulty(all(stack, balancer), 'dropInvalidHeaderFields', is(true)),
};

const deploymentInvariants: Invariants = {
  'a failed deployment stops': (stack) =>
    faulty(all(stack, fargate), 'deploymentCircuitBreaker.enable', is(true)),
  'a failed deployment is rolled back': (stack) =>
    faulty(all(stack, fargate), 'deploymentCircuitBreaker.rollback', is(true)),
  'a deployment loses no capacity': (stack) => [
    ...faulty(all(stack, fargate), 'deploymentMinimumHealthyPercent', is(100)),
    ...faulty(all(stack, fargate), 'deploymentMaximumPercent', (percent) => Number(percent) > 100),
  ],
  'a stopping task finishes its answers': (stack) => {
    const delay = Math.max(
      ...all(stack, targetGroup).map(({ inputs }) => Number(inputs.deregistrationDelay ?? 300)),
    );
    return containers(stack, 'app')
      .filter(({ values }) => {
        const drain = rowsOf(values.environment).find(({ name }) => name === 'DRAIN_SECONDS')?.value;
        return !(Number(drain) < delay && delay < Number(values.stopTimeout ?? 30));
      })
      .map(({ of }) => of);
  },
  'a service is made after its rule': (stack) =>
    all(stack, fargate)
      .filter((tasks) => !waitedFor(tasks, 'loadBalancers').includes(listenerRule))
      .map(({ name }) => name),
  'tasks grow with CPU and with requests': (stack) =>
    services.flatMap(({ name }) =>
      ['cpu', 'requests']
        .map((purpose) => `${name}-${purpose}`)
        .filter(
          (part) =>
            !all(stack, 'aws:appautoscaling/policy:Policy').some((policy) => policy.name.endsWith(part)),
        ),
    ),
  'a service keeps its task family': (stack) =>
    all(stack, fargate)
      .filter((tasks) => at(tasks, 'taskDefinitionArgs.family') !== tasks.name)
      .map(({ name }) => name),
};

/** What holds in a stack that must not be lost. */
const prodInvariants: Invariants = {
  'prod: nothing is deleted by mistake': (stack) => [
    ...faulty(all(stack, 'aws:rds/cluster:Cluster'), 'deletionProtection', is(true)),
    ...faulty(all(stack, balancer), 'enableDeletionProtection', is(true)),
    ...faulty(all(stack, 'aws:cognito/userPool:UserPool'), 'deletionProtection', is('ACTIVE')),
  ],
  'prod: a deleted database leaves a snapshot': (stack) =>
    faulty(all(stack, 'aws:rds/cluster:Cluster'), 'skipFinalSnapshot', is(false)),
  'prod: a zone less is survived': (stack) => [
    ...faulty(all(stack, vpc), 'numberOfAvailabilityZones', is(3)),
    ...faulty(all(stack, vpc), 'natGateways.strategy', is('OnePerAz')),
    ...faulty(all(stack, fargate), 'desiredCount', (count) => Number(count) >= 2),
    ...(all(stack, 'aws:rds/clusterInstance:ClusterInstance').length >= 2 ? [] : ['no reader']),
  ],
  'prod: nobody opens a shell in a task': (stack) =>
    faulty(all(stack, fargate), 'enableExecuteCommand', is(false)),
};

/** What holds under a domain of one's own. */
const domainInvariants: Invariants = {
  'domain: HTTP is redirected to HTTPS': (stack) =>
    faulty(
      all(stack, balancer),
      'listener.defaultActions',
      is([{ redirect: { port: '443', protocol: 'HTTPS', statusCode: 'HTTP_301' }, type: 'redirect' }]),
    ),
  'domain: TLS is 1.2 at least': (stack) =>
    faulty(all(stack, 'aws:lb/listener:Listener'), 'sslPolicy', (policy) =>
      String(policy).startsWith('ELBSecurityPolicy-TLS13-1-2'),
    ),
};

/** What holds in every stack. */
export const invariants: Invariants = {
  ...networkInvariants,
  ...routingInvariants,
  ...deploymentInvariants,
  ...accessInvariants,
  ...dataInvariants,
  ...identityInvariants,
  ...operationsInvariants,
};

/** What holds in prod under a domain and delivered from GitHub: the same and more. */
export const invariantsOfProd: Invariants = {
  ...invariants,
  ...prodInvariants,
  ...domainInvariants,
  ...deliveryInvariants,
};
