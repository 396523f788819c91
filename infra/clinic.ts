import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { Service } from '#catalogue';
import type { Config } from './config.ts';
import { Database } from './database.ts';
import { Delivery } from './delivery.ts';
import { identityOf } from './identity.ts';
import { Ingress } from './ingress.ts';
import { logGroupName, scopeName } from './naming.ts';
import { Network } from './network.ts';
import { Dashboard } from './operations/dashboard.ts';
import { Notices } from './operations/notices.ts';
import { StackAlarms } from './operations/stack-alarms.ts';
import { ClinicService } from './service.ts';

/** By service name. */
type Each = Record<string, pulumi.Output<string>>;

export interface ClinicOutputs {
  readonly url: pulumi.Output<string>;
  readonly albDnsName: pulumi.Output<string>;
  readonly serviceUrls: Each;
  readonly repositories: Each;
  readonly cluster: pulumi.Output<string>;
  readonly logGroups: Each;
  readonly images: Each;
  readonly taskDefinitions: Each;
  readonly ecsServices: Each;
  readonly targetGroups: Each;
  readonly issuer: pulumi.Output<string>;
  /** Empty with an issuer from outside. */
  readonly clientIds: Each;
  readonly tokenCommand: pulumi.Output<string> | undefined;
  /** Of GitHub's workflows by the kind of run; empty without a repository. */
  readonly deliveryRoles: Each;
}

/** The whole system of one stack: what it needs once, and one service for each row of the catalogue. */
export function clinic(catalogue: readonly Service[], config: Config): ClinicOutputs {
  const name = { project: pulumi.getProject(), stack: pulumi.getStack() };
  const scope = scopeName(name);
  const { region } = config;
  const { accountId } = aws.getCallerIdentityOutput();
  const { repository, createProvider } = config.delivery;
  const { domain, hostedZoneId } = config.ingress;
  const delivery =
    repository === undefined
      ? undefined
      : new Delivery(scope, {
          ...name,
          ...{ region, accountId, repository, createProvider, domain, hostedZoneId },
        });
  const opts = { transformations: delivery ? [delivery.bounds] : [] };
  const network = new Network(
    scope,
    { ...config.network, region, accountId, logGroupName: logGroupName(scope, 'flow-logs') },
    opts,
  );
  const { vpcId } = network;
  const ingress = new Ingress(scope, {
    ...config.ingress,
    vpcId,
    subnetIds: network.publicSubnetIds,
    accountId,
  });
  const database = new Database(scope, { ...config.database, vpcId, subnetIds: network.isolatedSubnetIds });
  const identity = identityOf(scope, { ...config.identity, scope, region, accountId }, opts);
  const { topicArn } = new Notices(scope, { email: config.operations.alarmEmail });
  const cluster = new aws.ecs.Cluster(scope, {
    name: scope,
    // How many tasks of a service run is measured by nothing else.
    settings: [{ name: 'containerInsights', value: 'enabled' }],
  });
  const services = catalogue.map((service) => ({
    service,
    parts: new ClinicService(
      `${scope}-${service.name}`,
      {
        ...config.service,
        scope,
        service,
        region,
        accountId,
        vpcId,
        subnetIds: network.privateSubnetIds,
        clusterArn: cluster.arn,
        clusterName: cluster.name,
        listenerArn: ingress.listenerArn,
        loadBalancerArnSuffix: ingress.loadBalancerArnSuffix,
        loadBalancerSecurityGroupId: ingress.securityGroupId,
        databaseHost: database.host,
        databasePort: database.port,
        databaseName: database.databaseName,
        databaseResourceId: database.resourceId,
        databaseSecurityGroupId: database.securityGroupId,
        ownerSecretArn: database.ownerSecretArn,
        oidcIssuer: identity.issuer,
        oidcAudience: identity.audience,
        oidcClientIds: identity.acceptedClientIds,
        topicArn,
        imageDigest: config.imageDigests.get(service.name),
      },
      opts,
    ),
  }));
  const { clusterId: databaseClusterId } = database;
  const { storageGiB } = config.operations;
  const { loadBalancerArnSuffix } = ingress;
  new StackAlarms(scope, {
    ...config.database,
    topicArn,
    loadBalancerArnSuffix,
    databaseClusterId,
    storageGiB,
  });
  new Dashboard(scope, {
    region,
    databaseClusterId,
    clusterName: cluster.name,
    loadBalancerArnSuffix,
  });
  const each = (value: (row: (typeof services)[number]) => pulumi.Output<string>): Each =>
    Object.fromEntries(services.map((row) => [row.service.name, value(row)]));
  return {
    url: ingress.url,
    albDnsName: ingress.dnsName,
    serviceUrls: each(({ service }) => pulumi.interpolate`${ingress.url}${service.prefix}`),
    repositories: each(({ parts }) => parts.repositoryUrl),
    cluster: cluster.name,
    logGroups: each(({ parts }) => parts.logGroupName),
    images: each(({ parts }) => parts.image),
    taskDefinitions: each(({ parts }) => parts.taskDefinitionArn),
    ecsServices: each(({ parts }) => parts.ecsServiceName),
    targetGroups: each(({ parts }) => parts.targetGroupArn),
    issuer: identity.issuer,
    clientIds: { ...identity.clientIds },
    tokenCommand: identity.tokenCommand,
    deliveryRoles: { ...delivery?.roleArns },
  };
}
