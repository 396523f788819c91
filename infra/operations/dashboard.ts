import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { jobMetrics } from './job-metrics.ts';

export interface DashboardArgs {
  readonly region: string;
  readonly clusterName: pulumi.Input<string>;
  readonly loadBalancerArnSuffix: pulumi.Input<string>;
  readonly databaseClusterId: pulumi.Input<string>;
}

type Names = Readonly<Record<'clusterName' | 'loadBalancerArnSuffix' | 'databaseClusterId', string>>;

const columns = 3;
/** The grid is 24 wide: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
const width = 24 / columns;
const height = 6;

/** One page of graphs. Services are searched for, not listed: one more of them appears by itself. */
export class Dashboard extends pulumi.ComponentResource {
  constructor(name: string, args: DashboardArgs, opts?: pulumi.ComponentResourceOptions) {
    super('clinic:operations:Dashboard', name, {}, opts);
    const { region, ...names } = args;
    new aws.cloudwatch.Dashboard(
      name,
      {
        dashboardName: name,
        dashboardBody: pulumi.output(names).apply((known) => bodyOf(name, region, known)),
      },
      { parent: this },
    );
    this.registerOutputs();
  }
}

function bodyOf(scope: string, region: string, names: Names): string {
  const widgets = Object.entries(graphs(scope, names)).map(([title, metrics], index) => ({
    type: 'metric',
    x: (index % columns) * width,
    y: Math.floor(index / columns) * height,
    width,
    height,
    properties: { title, region, metrics, period: 60, view: 'timeSeries' },
  }));
  return JSON.stringify({ widgets });
}

/** Rows of https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html#CloudWatch-Dashboard-Properties-Metrics-Array-Format */
type Rows = readonly unknown[];

function graphs(
  scope: string,
  { clusterName, loadBalancerArnSuffix, databaseClusterId }: Names,
): Record<string, Rows> {
  const targets = (metric: string, stat: string): Rows => [
    searched(
      'AWS/ApplicationELB,LoadBalancer,TargetGroup',
      `LoadBalancer="${loadBalancerArnSuffix}"`,
      metric,
      stat,
    ),
  ];
  const tasks = (namespace: string, metric: string): Rows => [
    searched(`${namespace},ClusterName,ServiceName`, `ClusterName="${clusterName}"`, metric, 'Average'),
  ];
  const database = (metric: string, stat: string): Rows => [
    ['AWS/RDS', metric, 'DBClusterIdentifier', databaseClusterId, { stat }],
  ];
  return {
    'Requests per minute': targets('RequestCount', 'Sum'),
    '5xx per minute': [
      ...targets('HTTPCode_Target_5XX_Count', 'Sum'),
      [
        'AWS/ApplicationELB',
        'HTTPCode_ELB_5XX_Count',
        'LoadBalancer',
        loadBalancerArnSuffix,
        { stat: 'Sum' },
      ],
    ],
    'Seconds to answer, p95': targets('TargetResponseTime', 'p95'),
    'Unhealthy targets': targets('UnHealthyHostCount', 'Maximum'),
    'Tasks that run': tasks('ECS/ContainerInsights', 'RunningTaskCount'),
    'CPU of tasks in percent': tasks('AWS/ECS', 'CPUUtilization'),
    'Memory of tasks in percent': tasks('AWS/ECS', 'MemoryUtilization'),
    'Capacity of the database in ACU': database('ServerlessDatabaseCapacity', 'Average'),
    'Connections to the database': database('DatabaseConnections', 'Maximum'),
    'Bytes in the database': database('VolumeBytesUsed', 'Maximum'),
    Jobs: Object.keys(jobMetrics).map((metric) => [scope, metric, { stat: 'Maximum' }]),
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html */
function searched(schema: string, where: string, metric: string, stat: string): Rows {
  return [{ expression: `SEARCH('{${schema}} ${where} MetricName="${metric}"', '${stat}', 60)` }];
}
