import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { after } from './order.ts';
import { policy } from './policy-document.ts';

export interface AccessLogsArgs {
  readonly retentionDays: pulumi.Input<number>;
  /** False: destroyed with what is in it. */
  readonly keep: boolean;
  readonly accountId: pulumi.Input<string>;
}

/** The bucket to which load balancers write who asked for what. */
export class AccessLogs extends pulumi.ComponentResource {
  /** Known once load balancers may write to it. */
  readonly bucket: pulumi.Output<string>;

  constructor(name: string, args: AccessLogsArgs, opts?: pulumi.ComponentResourceOptions) {
    super('clinic:ingress:AccessLogs', name, {}, opts);
    const child = { parent: this };
    const bucket = new aws.s3.Bucket(`${name}-access-logs`, { forceDestroy: !args.keep }, child);
    const closed = new aws.s3.BucketPublicAccessBlock(
      `${name}-access-logs`,
      {
        bucket: bucket.id,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
      child,
    );
    new aws.s3.BucketLifecycleConfiguration(
      `${name}-access-logs`,
      {
        bucket: bucket.id,
        rules: [{ id: 'expire', status: 'Enabled', filter: {}, expiration: { days: args.retentionDays } }],
      },
      child,
    );
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
    const writable = new aws.s3.BucketPolicy(
      `${name}-access-logs`,
      {
        bucket: after(bucket.id, closed.id),
        policy: policy(
          {
            Effect: 'Allow',
            Principal: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' },
            Action: ['s3:PutObject'],
            Resource: [pulumi.interpolate`${bucket.arn}/AWSLogs/${args.accountId}/*`],
          },
          {
            Effect: 'Deny',
            Principal: '*',
            Action: ['s3:*'],
            Resource: [bucket.arn, pulumi.interpolate`${bucket.arn}/*`],
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          },
        ),
      },
      child,
    );
    this.bucket = after(bucket.id, writable.id);
    this.registerOutputs({ bucket: this.bucket });
  }
}
