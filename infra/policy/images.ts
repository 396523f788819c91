import { eachContainer } from './task.ts';
import { must, on, rule, type Rule } from './rule.ts';

const immutable = rule(
  'tags-never-move',
  'A tag of a repository always means the same image',
  on('aws:ecr/repository:Repository', (repository) => [
    must(() => repository.imageTagMutability === 'IMMUTABLE', 'set imageTagMutability to IMMUTABLE'),
  ]),
);

const scanned = rule(
  'images-are-scanned',
  'Images are scanned when they are pushed',
  on('aws:ecr/repository:Repository', (repository) => [
    must(
      () => repository.imageScanningConfiguration?.scanOnPush === true,
      'set imageScanningConfiguration.scanOnPush to true',
    ),
  ]),
);

const tagged = rule(
  'no-image-is-latest',
  'Images are pushed under a tag of their own',
  on('docker:index/image:Image', (image) => [
    must(
      () => /:[^/:]+$/.test(image.imageName) && !image.imageName.endsWith(':latest'),
      'end imageName with a tag that follows from the content',
    ),
  ]),
);

const pinned = rule(
  'images-by-digest',
  'Tasks name their images by digest, so that what was tested is what runs',
  ...eachContainer((container, name) => [
    must(
      () => /@sha256:[0-9a-f]{64}$/.test(container.image),
      `name the image of container ${name} by digest, REPOSITORY@sha256:...`,
    ),
  ]),
);

export const imageRules: readonly Rule[] = [immutable, scanned, tagged, pinned];
