import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';

export interface RepositoryArgs {
  readonly repositoryName: pulumi.Input<string>;
  /** False: destroyed with the images in it. */
  readonly keepImages: boolean;
}

/** So many deployments can be rolled back, or promoted, by digest. */
const imagesKept = 20;

/** A service's images: no tag ever moves, each is scanned when it comes, the last are kept. */
export class Repository extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  readonly url: pulumi.Output<string>;
  readonly registryId: pulumi.Output<string>;

  constructor(name: string, args: RepositoryArgs, opts?: pulumi.ComponentResourceOptions) {
    super('clinic:service:Repository', name, {}, opts);
    const child = { parent: this };
    const repository = new aws.ecr.Repository(
      name,
      {
        name: args.repositoryName,
        imageTagMutability: 'IMMUTABLE',
        imageScanningConfiguration: { scanOnPush: true },
        forceDelete: !args.keepImages,
      },
      child,
    );
    new aws.ecr.LifecyclePolicy(
      name,
      {
        repository: repository.name,
        policy: JSON.stringify({
          rules: [
            {
              rulePriority: 1,
              description: `Keep the last ${imagesKept}`,
              selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: imagesKept },
              action: { type: 'expire' },
            },
          ],
        }),
      },
      child,
    );
    this.arn = repository.arn;
    this.url = repository.repositoryUrl;
    this.registryId = repository.registryId;
    this.registerOutputs({ url: this.url });
  }
}
