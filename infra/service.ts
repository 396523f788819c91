import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { Service } from '#catalogue';
import { needsDatabase } from './containers.ts';
import { Doors } from './doors.ts';
import { builtImage, pinnedImage } from './image.ts';
import { logGroupName, repositoryName } from './naming.ts';
import { JobMetrics } from './operations/job-metrics.ts';
import { AnswerAlarms, TaskAlarms } from './operations/service-alarms.ts';
import { Repository } from './repository.ts';
import { Roles } from './roles.ts';
import { Route } from './route.ts';
import { Scaling } from './scaling.ts';
import { tasksOf } from './tasks.ts';

export interface ServiceArgs {
  readonly scope: string;
  readonly service: Service;
  readonly region: string;
  readonly accountId: pulumi.Input<string>;
  readonly vpcId: pulumi.Input<string>;
  /** Private subnets with a way out. */
  readonly subnetIds: pulumi.Input<string[]>;
  readonly clusterArn: pulumi.Input<string>;
  readonly clusterName: pulumi.Input<string>;
  readonly listenerArn: pulumi.Input<string>;
  readonly loadBalancerArnSuffix: pulumi.Input<string>;
  readonly loadBalancerSecurityGroupId: pulumi.Input<string>;
  readonly databaseHost: pulumi.Input<string>;
  readonly databasePort: pulumi.Input<number>;
  readonly databaseName: pulumi.Input<string>;
  readonly databaseResourceId: pulumi.Input<string>;
  readonly databaseSecurityGroupId: pulumi.Input<string>;
  readonly ownerSecretArn: pulumi.Input<string>;
  /** Undefined: the image is built. */
  readonly imageDigest: string | undefined;
  readonly imagePlatform: 'linux/amd64' | 'linux/arm64';
  readonly keepImages: boolean;
  readonly taskCpu: number;
  readonly taskMemoryMiB: number;
  readonly minTasks: pulumi.Input<number>;
  readonly maxTasks: pulumi.Input<number>;
  readonly ecsExec: boolean;
  readonly corsOrigins: readonly string[];
  readonly rateLimitPerMinute: number;
  readonly oidcIssuer: pulumi.Input<string>;
  readonly oidcAudience: string | undefined;
  readonly oidcClientIds: readonly pulumi.Input<string>[];
  /** Undefined: nothing is told to a collector. */
  readonly otlpEndpoint: string | undefined;
  readonly logRetentionDays: pulumi.Input<number>;
  /** Where alarms say that they ring. */
  readonly topicArn: pulumi.Input<string>;
}

/** One service of the catalogue, from its repository to its running tasks. */
export class ClinicService extends pulumi.ComponentResource {
  readonly repositoryUrl: pulumi.Output<string>;
  readonly logGroupName: pulumi.Output<string>;
  /** What the verdict on a deployment compares with what runs. */
  readonly image: pulumi.Output<string>;
  readonly taskDefinitionArn: pulumi.Output<string>;
  readonly ecsServiceName: pulumi.Output<string>;
  readonly targetGroupArn: pulumi.Output<string>;

  constructor(name: string, args: ServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super(
      'clinic:service:Service',
      name,
      {},
      pulumi.mergeOptions(opts, { transforms: [leaveCountToScaling] }),
    );
    const child = { parent: this };
    const { scope, service } = args;
    const database = needsDatabase(service);
    const repository = new Repository(
      name,
      { repositoryName: repositoryName(scope, service.name), keepImages: args.keepImages },
      child,
    );
    const logGroup = new aws.cloudwatch.LogGroup(
      name,
      { name: logGroupName(scope, service.name), retentionInDays: args.logRetentionDays },
      child,
    );
    const roles = new Roles(
      name,
      {
        ...args,
        repositoryArn: repository.arn,
        logGroupArn: logGroup.arn,
        databaseUser: database ? service.name : undefined,
      },
      child,
    );
    const doors = new Doors(
      name,
      {
        ...args,
        port: service.port,
        databaseSecurityGroupId: database ? args.databaseSecurityGroupId : undefined,
      },
      child,
    );
    const route = new Route(name, args, child);
    const image = this.#image(name, args, repository);
    const watched = { ...args, targetGroupArnSuffix: route.targetGroupArnSuffix };
    const answers = new AnswerAlarms(name, watched, child);
    const tasks = tasksOf(
      name,
      {
        ...args,
        image,
        logGroupName: logGroup.name,
        executionRoleArn: roles.executionRoleArn,
        taskRoleArn: roles.taskRoleArn,
        securityGroupId: doors.securityGroupId,
        targetGroupArn: route.targetGroupArn,
        alarmNames: answers.names,
      },
      this,
    );
    const running = { ...watched, serviceName: tasks.service.name };
    new Scaling(name, running, child);
    new TaskAlarms(name, running, child);
    if (database) new JobMetrics(name, { scope, logGroupName: logGroup.name }, child);
    this.repositoryUrl = repository.url;
    this.logGroupName = logGroup.name;
    this.image = image;
    this.taskDefinitionArn = pulumi
      .output(tasks.taskDefinition)
      .apply((definition) => definition?.arn ?? pulumi.output(''));
    this.ecsServiceName = tasks.service.name;
    this.targetGroupArn = route.targetGroupArn;
    this.registerOutputs({ repositoryUrl: this.repositoryUrl, logGroupName: this.logGroupName });
  }

  #image(name: string, args: ServiceArgs, { url, registryId }: Repository): pulumi.Output<string> {
    if (args.imageDigest !== undefined) return pinnedImage(url, args.imageDigest);
    const { service, imagePlatform: platform } = args;
    return builtImage(
      name,
      { service: service.name, port: service.port, platform, repositoryUrl: url, registryId },
      this,
    );
  }
}

/** How many tasks there are is the scaling's to say, not the next deployment's. `ignoreChanges` would not reach it. */
const leaveCountToScaling: pulumi.ResourceTransform = ({ type, props, opts }) =>
  type === 'aws:ecs/service:Service'
    ? { props, opts: pulumi.mergeOptions(opts, { ignoreChanges: ['desiredCount'] }) }
    : undefined;
