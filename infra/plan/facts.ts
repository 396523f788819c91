import { isValues } from '../testing/account.ts';
import { all, at, one } from '../testing/find.ts';
import type { LoadedStack } from '../testing/stack.ts';

interface ServiceFacts {
  readonly name: string;
  readonly port: string;
  readonly paths: string;
  readonly priority: string;
  readonly healthPath: string;
  readonly tasks: string;
  readonly repository: string;
}

export interface Facts {
  readonly stack: string;
  readonly zones: string;
  readonly natGateways: string;
  readonly cidr: string;
  readonly engine: string;
  readonly acu: string;
  readonly instances: number;
  readonly services: readonly ServiceFacts[];
}

/** What the picture says of a stack, read from what the program registers. */
export function factsOf(name: string, stack: LoadedStack): Facts {
  const vpc = one(stack, 'awsx:ec2:Vpc');
  const cluster = one(stack, 'aws:rds/cluster:Cluster');
  const strategy = String(at(vpc, 'natGateways.strategy'));
  const zones = String(at(vpc, 'numberOfAvailabilityZones'));
  const scaling = 'serverlessv2ScalingConfiguration';
  return {
    stack: name,
    zones,
    natGateways: { Single: '1', OnePerAz: zones, None: 'no' }[strategy] ?? strategy,
    cidr: String(at(vpc, 'cidrBlock')),
    engine: `${String(at(cluster, 'engine'))} ${String(at(cluster, 'engineVersion'))}`,
    acu: `${String(at(cluster, `${scaling}.minCapacity`))}–${String(at(cluster, `${scaling}.maxCapacity`))} ACU`,
    instances: all(stack, 'aws:rds/clusterInstance:ClusterInstance').length,
    services: all(stack, 'awsx:ecs:FargateService').map(({ name: service }) => serviceFacts(stack, service)),
  };
}

function serviceFacts(stack: LoadedStack, name: string): ServiceFacts {
  const rule = one(stack, 'aws:lb/listenerRule:ListenerRule', name);
  const target = one(stack, 'aws:appautoscaling/target:Target', name);
  const group = one(stack, 'aws:lb/targetGroup:TargetGroup', name);
  return {
    name,
    port: String(at(group, 'port')),
    paths: patternsOf(at(rule, 'conditions')).join('  '),
    priority: String(at(rule, 'priority')),
    healthPath: String(at(group, 'healthCheck.path')),
    tasks: `${String(at(target, 'minCapacity'))}–${String(at(target, 'maxCapacity'))}`,
    repository: String(at(one(stack, 'aws:ecr/repository:Repository', name), 'name')),
  };
}

function patternsOf(conditions: unknown): string[] {
  if (!Array.isArray(conditions)) return [];
  return conditions
    .filter(isValues)
    .flatMap(({ pathPattern }) => (isValues(pathPattern) ? pathPattern.values : []))
    .map(String);
}
