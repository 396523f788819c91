import * as pulumi from '@pulumi/pulumi';
import { alarm, type AlarmArgs } from './alarm.ts';
import { connectionLimit } from './connection-limit.ts';

export interface StackAlarmsArgs {
  readonly topicArn: pulumi.Input<string>;
  readonly loadBalancerArnSuffix: pulumi.Input<string>;
  readonly databaseClusterId: pulumi.Input<string>;
  /** Aurora capacity units. */
  readonly minAcu: number;
  readonly maxAcu: number;
  /** More than this is not expected to be stored. */
  readonly storageGiB: number;
}

const capacityPercent = 90;
const connectionsPercent = 80;
const oldestJobSeconds = 300;
const balancerErrorsPerMinute = 10;

/** What the services share: the load balancer, the database and the jobs. */
export class StackAlarms extends pulumi.ComponentResource {
  constructor(name: string, args: StackAlarmsArgs, opts?: pulumi.ComponentResourceOptions) {
    super('clinic:operations:StackAlarms', name, {}, opts);
    for (const [kind, rule] of Object.entries({
      ...balancerRules(args),
      ...databaseRules(args),
      ...jobRules(name),
    }))
      alarm(`${name}-${kind}`, { ...rule, topicArn: args.topicArn }, { parent: this });
    this.registerOutputs();
  }
}

type Rules = Readonly<Record<string, Omit<AlarmArgs, 'topicArn'>>>;

function balancerRules({ loadBalancerArnSuffix }: StackAlarmsArgs): Rules {
  return {
    'balancer-errors': {
      says: `More than ${balancerErrorsPerMinute} requests in a minute got a 5xx of the load balancer, not of a service`,
      of: {
        namespace: 'AWS/ApplicationELB',
        dimensions: { LoadBalancer: loadBalancerArnSuffix },
        metricName: 'HTTPCode_ELB_5XX_Count',
        stat: 'Sum',
      },
      above: balancerErrorsPerMinute,
      periodSeconds: 60,
      periods: [3, 5],
      silence: 'quiet',
    },
  };
}

function databaseRules({ databaseClusterId, minAcu, maxAcu, storageGiB }: StackAlarmsArgs): Rules {
  const metric = (metricName: string, stat: string) => ({
    namespace: 'AWS/RDS',
    dimensions: { DBClusterIdentifier: databaseClusterId },
    metricName,
    stat,
  });
  return {
    'database-capacity': {
      says: `The database uses more than ${capacityPercent} % of its ${maxAcu} ACU`,
      of: metric('ACUUtilization', 'Average'),
      above: capacityPercent,
      periodSeconds: 300,
      periods: [3, 3],
      silence: 'told',
    },
    'database-connections': {
      says: `More than ${connectionsPercent} % of the connections that the database takes are in use`,
      of: metric('DatabaseConnections', 'Maximum'),
      above: Math.floor((connectionLimit(minAcu, maxAcu) * connectionsPercent) / 100),
      periodSeconds: 60,
      periods: [3, 5],
      silence: 'quiet',
    },
    'database-storage': {
      says: `The database holds more than ${storageGiB} GiB`,
      of: metric('VolumeBytesUsed', 'Maximum'),
      above: storageGiB * 1024 ** 3,
      periodSeconds: 3600,
      periods: [1, 1],
      silence: 'quiet',
    },
  };
}

function jobRules(namespace: string): Rules {
  // Each task says the same of all jobs, so the largest number of a period is it.
  const metric = (metricName: string) => ({ namespace, metricName, stat: 'Maximum' });
  return {
    'waiting-jobs': {
      says: `A job has waited for more than ${oldestJobSeconds} s; no word: no service counts them`,
      of: metric('OldestJobSeconds'),
      above: oldestJobSeconds,
      periodSeconds: 300,
      periods: [2, 2],
      silence: 'told',
    },
    'dead-jobs': {
      says: 'A job was given up',
      of: metric('DeadJobs'),
      above: 0,
      periodSeconds: 300,
      periods: [1, 1],
      silence: 'quiet',
    },
  };
}
