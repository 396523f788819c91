import * as awsx from '@pulumi/awsx';
import type * as pulumi from '@pulumi/pulumi';
import { containersOf, volumesOf, type ContainersArgs } from './containers.ts';

export interface TasksArgs extends ContainersArgs {
  readonly clusterArn: pulumi.Input<string>;
  /** Private subnets with a way out. */
  readonly subnetIds: pulumi.Input<string[]>;
  readonly securityGroupId: pulumi.Input<string>;
  readonly targetGroupArn: pulumi.Input<string>;
  readonly executionRoleArn: pulumi.Input<string>;
  readonly taskRoleArn: pulumi.Input<string>;
  /** How many there are at first. */
  readonly minTasks: pulumi.Input<number>;
  readonly taskCpu: number;
  readonly imagePlatform: 'linux/amd64' | 'linux/arm64';
  /** Alarms that roll a deployment back. */
  readonly alarmNames: readonly pulumi.Input<string>[];
}

const architectures = { 'linux/amd64': 'X86_64', 'linux/arm64': 'ARM64' } as const;

/** A task that is up but still starting is not replaced for so long. */
const healthCheckGraceSeconds = 120;

/** The running tasks of a service, and how a deployment replaces them. */
export function tasksOf(name: string, args: TasksArgs, parent: pulumi.Resource): awsx.ecs.FargateService {
  return new awsx.ecs.FargateService(
    name,
    {
      cluster: args.clusterArn,
      desiredCount: args.minTasks,
      networkConfiguration: {
        subnets: args.subnetIds,
        securityGroups: [args.securityGroupId],
        assignPublicIp: false,
      },
      loadBalancers: [
        {
          containerName: 'app',
          containerPort: args.service.port,
          targetGroupArn: args.targetGroupArn,
        },
      ],
      healthCheckGracePeriodSeconds: healthCheckGraceSeconds,
      deploymentCircuitBreaker: { enable: true, rollback: true },
      // An alarm that rings before a deployment begins does not stop what may mend it.
      alarms: { enable: true, rollback: true, alarmNames: [...args.alarmNames] },
      // New tasks serve before old ones go.
      deploymentMinimumHealthyPercent: 100,
      deploymentMaximumPercent: 200,
      enableExecuteCommand: args.ecsExec,
      enableEcsManagedTags: true,
      propagateTags: 'SERVICE',
      taskDefinitionArgs: {
        // Its own name would follow from its content, and every image would begin a family.
        family: name,
        // A revision before can be run again: after a rollback by ECS it is the one that runs.
        skipDestroy: true,
        cpu: String(args.taskCpu),
        memory: String(args.taskMemoryMiB),
        runtimePlatform: {
          operatingSystemFamily: 'LINUX',
          cpuArchitecture: architectures[args.imagePlatform],
        },
        executionRole: { roleArn: args.executionRoleArn },
        taskRole: { roleArn: args.taskRoleArn },
        logGroup: { skip: true },
        volumes: volumesOf(args.ecsExec),
        containers: containersOf(args),
      },
    },
    { parent },
  );
}
