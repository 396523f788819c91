import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { logGroupName } from '../naming.ts';
import { after } from '../order.ts';
import { allow, policy } from '../policy-document.ts';

export interface PatientClaimArgs {
  readonly scope: string;
  readonly logRetentionDays: pulumi.Input<number>;
}

const source = readFileSync(join(import.meta.dirname, 'patient-claim.mjs'), 'utf8');

/** The function that makes a patient's token the patient's own. Cognito waits for it 5 seconds and then fails. */
export class PatientClaim extends pulumi.ComponentResource {
  /** Known once the function has its permissions. */
  readonly functionArn: pulumi.Output<string>;

  constructor(name: string, args: PatientClaimArgs, opts?: pulumi.ComponentResourceOptions) {
    super('clinic:identity:PatientClaim', name, {}, opts);
    const child = { parent: this };
    const logGroup = new aws.cloudwatch.LogGroup(
      name,
      { name: logGroupName(args.scope, 'token-claims'), retentionInDays: args.logRetentionDays },
      child,
    );
    const role = new aws.iam.Role(
      name,
      {
        assumeRolePolicy: policy({
          Effect: 'Allow',
          Principal: { Service: 'lambda.amazonaws.com' },
          Action: ['sts:AssumeRole'],
        }),
      },
      child,
    );
    const permissions = new aws.iam.RolePolicy(
      name,
      {
        role: role.id,
        policy: policy(
          allow(['logs:CreateLogStream', 'logs:PutLogEvents'], pulumi.interpolate`${logGroup.arn}:*`),
        ),
      },
      child,
    );
    const run = new aws.lambda.Function(
      name,
      {
        role: after(role.arn, permissions.id),
        runtime: aws.lambda.Runtime.NodeJS24dX,
        architectures: ['arm64'],
        handler: 'index.handler',
        code: new pulumi.asset.AssetArchive({ 'index.mjs': new pulumi.asset.StringAsset(source) }),
        timeout: 5,
        memorySize: 128,
        loggingConfig: { logFormat: 'JSON', logGroup: logGroup.name },
      },
      child,
    );
    this.functionArn = run.arn;
    this.registerOutputs({ functionArn: this.functionArn });
  }

  /** Lets a user pool, and no other, call the function. */
  allow(name: string, userPoolArn: pulumi.Input<string>): void {
    new aws.lambda.Permission(
      name,
      {
        function: this.functionArn,
        action: 'lambda:InvokeFunction',
        principal: 'cognito-idp.amazonaws.com',
        sourceArn: userPoolArn,
      },
      { parent: this },
    );
  }
}
