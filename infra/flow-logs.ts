import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { partitionOf } from './naming.ts';
import { after } from './order.ts';
import { policy } from './policy-document.ts';

export interface FlowLogsArgs {
  readonly vpcId: pulumi.Input<string>;
  readonly region: string;
  readonly accountId: pulumi.Input<string>;
  readonly logGroupName: pulumi.Input<string>;
  readonly logRetentionDays: pulumi.Input<number>;
}

/** Who spoke to whom in a VPC, written to a log group by a role that may write to it alone. */
export class FlowLogs extends pulumi.ComponentResource {
  constructor(name: string, args: FlowLogsArgs, opts?: pulumi.ComponentResourceOptions) {
    super('clinic:network:FlowLogs', name, {}, opts);
    const child = { parent: this };
    const logGroup = new aws.cloudwatch.LogGroup(
      `${name}-flow-logs`,
      { name: args.logGroupName, retentionInDays: args.logRetentionDays },
      child,
    );
    const role = new aws.iam.Role(
      `${name}-flow-logs`,
      {
        assumeRolePolicy: policy({
          Effect: 'Allow',
          Principal: { Service: 'vpc-flow-logs.amazonaws.com' },
          Action: ['sts:AssumeRole'],
          Condition: { StringEquals: { 'aws:SourceAccount': args.accountId } },
        }),
      },
      child,
    );
    const permissions = new aws.iam.RolePolicy(
      `${name}-flow-logs`,
      {
        role: role.id,
        policy: policy(
          {
            Effect: 'Allow',
            Action: ['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogStreams'],
            Resource: [pulumi.interpolate`${logGroup.arn}:*`],
          },
          // Looking for groups can't be narrowed down to one.
          {
            Effect: 'Allow',
            Action: ['logs:DescribeLogGroups'],
            Resource: [
              pulumi.interpolate`arn:${partitionOf(args.region)}:logs:${args.region}:${args.accountId}:log-group:*`,
            ],
          },
        ),
      },
      child,
    );
    new aws.ec2.FlowLog(
      name,
      {
        vpcId: args.vpcId,
        trafficType: 'ALL',
        logDestinationType: 'cloud-watch-logs',
        logDestination: logGroup.arn,
        iamRoleArn: after(role.arn, permissions.id),
      },
      child,
    );
    this.registerOutputs();
  }
}
