import * as aws from '@pulumi/aws';
import * as docker from '@pulumi/docker';
import * as pulumi from '@pulumi/pulumi';
import { join } from 'node:path';
import { contentTag } from './content.ts';

export interface ImageArgs {
  readonly service: string;
  readonly port: number;
  /** `linux/amd64` or `linux/arm64`; tasks run on the same. */
  readonly platform: string;
  readonly repositoryUrl: pulumi.Input<string>;
  readonly registryId: pulumi.Input<string>;
}

/** Pulumi runs the program, and with it the provider that builds, in the folder of its entry point. */
const context = '..';
const root = join(import.meta.dirname, context);

/** An image that is in its repository already, by digest: nothing is built and no Docker is needed, in previews either. */
export function pinnedImage(repositoryUrl: pulumi.Input<string>, digest: string): pulumi.Output<string> {
  return pulumi.interpolate`${repositoryUrl}@${digest}`;
}

/**
 * Builds a service's image, pushes it under a tag that follows from its content, and names it by digest.
 * @returns `repository@sha256:...`
 */
export function builtImage(
  name: string,
  { service, port, platform, repositoryUrl, registryId }: ImageArgs,
  parent: pulumi.Resource,
): pulumi.Output<string> {
  // The image carries what a build elsewhere needs to use its layers, and its own time is not that of the build.
  const args = { SERVICE: service, PORT: String(port), BUILDKIT_INLINE_CACHE: '1', SOURCE_DATE_EPOCH: '0' };
  const imageName = pulumi.interpolate`${repositoryUrl}:${contentTag(root, { platform, args })}`;
  const token = aws.ecr.getAuthorizationTokenOutput({ registryId }, { parent });
  const image = new docker.Image(
    name,
    {
      imageName,
      build: {
        context,
        dockerfile: `${context}/Dockerfile`,
        platform,
        builderVersion: docker.BuilderVersion.BuilderBuildKit,
        args,
        cacheFrom: { images: [imageName] },
      },
      registry: {
        server: repositoryUrl,
        username: token.userName,
        password: pulumi.secret(token.password),
      },
    },
    { parent },
  );
  return image.repoDigest;
}
