import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { partitionOf } from './naming.ts';
import { after } from './order.ts';
import { allow, policy, type Statement } from './policy-document.ts';

export interface RolesArgs {
  readonly region: string;
  readonly accountId: pulumi.Input<string>;
  readonly repositoryArn: pulumi.Input<string>;
  readonly logGroupArn: pulumi.Input<string>;
  readonly ecsExec: boolean;
  /** Of a service that has a database: the role it signs in as, where, and the secret of who migrates. */
  readonly databaseUser: string | undefined;
  readonly databaseResourceId: pulumi.Input<string>;
  readonly ownerSecretArn: pulumi.Input<string>;
}

/**
 * The two roles of a service's tasks, each with what that service uses and no more: with the execution role ECS starts
 * the containers, as the task role they act. Both are known once their permissions are there.
 */
export class Roles extends pulumi.ComponentResource {
  readonly executionRoleArn: pulumi.Output<string>;
  readonly taskRoleArn: pulumi.Output<string>;

  constructor(name: string, args: RolesArgs, opts?: pulumi.ComponentResourceOptions) {
    super('clinic:service:Roles', name, {}, opts);
    this.executionRoleArn = this.#role(`${name}-execution`, args, executionStatements(args));
    this.taskRoleArn = this.#role(`${name}-task`, args, taskStatements(args));
    this.registerOutputs({ executionRoleArn: this.executionRoleArn, taskRoleArn: this.taskRoleArn });
  }

  #role(name: string, args: RolesArgs, statements: readonly Statement[]): pulumi.Output<string> {
    const child = { parent: this };
    const role = new aws.iam.Role(name, { assumeRolePolicy: trust(args) }, child);
    if (statements.length === 0) return role.arn;
    const permissions = new aws.iam.RolePolicy(name, { role: role.id, policy: policy(...statements) }, child);
    return after(role.arn, permissions.id);
  }
}

/** Only tasks of this account, so that no other's can be made to act for it (confused deputy). */
function trust({ region, accountId }: RolesArgs): pulumi.Output<string> {
  return policy({
    Effect: 'Allow',
    Principal: { Service: 'ecs-tasks.amazonaws.com' },
    Action: ['sts:AssumeRole'],
    Condition: {
      StringEquals: { 'aws:SourceAccount': accountId },
      ArnLike: {
        'aws:SourceArn': pulumi.interpolate`arn:${partitionOf(region)}:ecs:${region}:${accountId}:*`,
      },
    },
  });
}

function executionStatements(args: RolesArgs): Statement[] {
  return [
    // It names no repository: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html
    allow(['ecr:GetAuthorizationToken'], '*'),
    allow(
      ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      args.repositoryArn,
    ),
    allow(['logs:CreateLogStream', 'logs:PutLogEvents'], pulumi.interpolate`${args.logGroupArn}:*`),
    ...(args.databaseUser === undefined
      ? []
      : [allow(['secretsmanager:GetSecretValue'], args.ownerSecretArn)]),
  ];
}

function taskStatements(args: RolesArgs): Statement[] {
  const { region, accountId, databaseUser, databaseResourceId } = args;
  const statements: Statement[] = [];
  if (databaseUser !== undefined)
    statements.push(
      allow(
        ['rds-db:connect'],
        pulumi.interpolate`arn:${partitionOf(region)}:rds-db:${region}:${accountId}:dbuser:${databaseResourceId}/${databaseUser}`,
      ),
    );
  if (args.ecsExec)
    // These know no resources: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html#ecs-exec-required-iam-permissions
    statements.push(
      allow(
        [
          'ssmmessages:CreateControlChannel',
          'ssmmessages:CreateDataChannel',
          'ssmmessages:OpenControlChannel',
          'ssmmessages:OpenDataChannel',
        ],
        '*',
      ),
    );
  return statements;
}
