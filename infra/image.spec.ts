import { beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { services } from '#catalogue';
import { contentTag } from './content.ts';
import { all, at, one, waitedFor } from './testing/find.ts';
import { loadStack, type LoadedStack } from './testing/stack.ts';

const digest = `sha256:${'1'.repeat(64)}`;
const digests = Object.fromEntries(services.map(({ name }) => [name, digest]));
const image = 'docker:index/image:Image';
const repository = '123456789012.dkr.ecr.eu-central-1.amazonaws.com/clinic-dev/patient';
const root = join(import.meta.dirname, '..');
let built: LoadedStack;
let pinned: LoadedStack;

beforeAll(async () => {
  built = await loadStack('dev');
  pinned = await loadStack('dev', { config: { imageDigests: digests } });
});

describe('an image that is built', () => {
  it('is built by BuildKit from the Dockerfile, for its service', () => {
    expect(one(built, image, 'clinic-dev-patient').inputs).toMatchObject({
      build: {
        context: '..',
        dockerfile: '../Dockerfile',
        builderVersion: 'BuilderBuildKit',
        args: { SERVICE: 'patient', PORT: '3000' },
      },
    });
  });

  it('is tagged by its content', () => {
    const args = { SERVICE: 'patient', PORT: '3000', BUILDKIT_INLINE_CACHE: '1', SOURCE_DATE_EPOCH: '0' };
    const tag = contentTag(root, { platform: 'linux/amd64', args });
    expect(one(built, image, 'clinic-dev-patient').inputs).toMatchObject({
      imageName: `${repository}:${tag}`,
      build: { args },
    });
  });

  it('uses what is in the repository as a cache, and can be used so', () => {
    const { inputs } = one(built, image, 'clinic-dev-patient');
    expect(inputs).toMatchObject({
      build: { cacheFrom: { images: [inputs.imageName] }, args: { BUILDKIT_INLINE_CACHE: '1' } },
    });
  });

  it('is pushed with a token of the registry, which stays secret', () => {
    const registry = at(one(built, image, 'clinic-dev-patient'), 'registry');
    // So does Pulumi mark what is secret.
    expect(registry).toMatchObject({
      '4dabf18193072939515e22adb298388d': '1b47061264138c4ac30d75fd1eb44270',
    });
    expect(registry).toMatchObject({ value: { server: repository, username: 'AWS', password: 'token' } });
  });

  it('is for the platform on which its tasks run, by one key', async () => {
    for (const [platform, cpuArchitecture] of [
      ['linux/amd64', 'X86_64'],
      ['linux/arm64', 'ARM64'],
    ]) {
      const stack = await loadStack('dev', { config: { imagePlatform: platform } });
      expect(at(one(stack, image, 'clinic-dev-patient'), 'build.platform')).toBe(platform);
      const tasks = one(stack, 'awsx:ecs:FargateService', 'clinic-dev-patient');
      expect(at(tasks, 'taskDefinitionArgs.runtimePlatform')).toEqual({
        operatingSystemFamily: 'LINUX',
        cpuArchitecture,
      });
    }
  });

  it('names no place on this machine', () => {
    expect(JSON.stringify(all(built, image).map(({ inputs }) => inputs))).not.toContain(root);
  });
});

describe('an image that is named by digest', () => {
  it('is deployed as it is, and no Docker is asked for', () => {
    expect(pinned.resources.filter(({ type }) => type.startsWith('docker:'))).toEqual([]);
    const tasks = one(pinned, 'awsx:ecs:FargateService', 'clinic-dev-patient');
    for (const container of ['app', 'migrate'])
      expect(at(tasks, `taskDefinitionArgs.containers.${container}.image`)).toBe(`${repository}@${digest}`);
    expect(waitedFor(tasks, 'taskDefinitionArgs')).toContain('aws:ecr/repository:Repository');
  });

  it('may stand beside one that is built', async () => {
    const stack = await loadStack('dev', { config: { imageDigests: { patient: digest } } });
    const built = services.map(({ name }) => name).filter((name) => name !== 'patient');
    expect(all(stack, image).map(({ name }) => name)).toEqual(
      built.map((name) => `clinic-dev-${name}`).sort(),
    );
  });
});
