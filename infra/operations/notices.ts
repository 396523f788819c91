import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';

export interface NoticesArgs {
  /** Undefined: nobody is written to; subscribe to the topic by hand. */
  readonly email: string | undefined;
}

/** Where alarms say that they ring. No personal data is in what they say, so the topic has no key of its own. */
export class Notices extends pulumi.ComponentResource {
  readonly topicArn: pulumi.Output<string>;

  constructor(name: string, args: NoticesArgs, opts?: pulumi.ComponentResourceOptions) {
    super('clinic:operations:Notices', name, {}, opts);
    const child = { parent: this };
    const topic = new aws.sns.Topic(`${name}-alarms`, { name: `${name}-alarms` }, child);
    if (args.email !== undefined)
      // Begins once the link in the first message was followed.
      new aws.sns.TopicSubscription(
        `${name}-alarms`,
        { topic: topic.arn, protocol: 'email', endpoint: args.email },
        child,
      );
    this.topicArn = topic.arn;
    this.registerOutputs({ topicArn: this.topicArn });
  }
}
