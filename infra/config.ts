import { faultsOf, isPageOrigin, type Service } from '#catalogue';
import { faultOfStackName, rulePriority, type StackName } from './naming.ts';
import { Reading, type Lookup } from './reading.ts';

/** A wrong or missing configuration or catalogue; the message names every key. */
export class ConfigError extends Error {}

/** Memory in MiB that a Fargate task may have by its CPU units: from, to, step. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html */
const fargateSizes: ReadonlyMap<number, readonly number[]> = new Map([
  [256, [512, 1024, 2048]],
  [512, [1024, 2048, 3072, 4096]],
  [1024, steps(2048, 8192, 1024)],
  [2048, steps(4096, 16_384, 1024)],
  [4096, steps(8192, 30_720, 1024)],
]);

/** What a service takes. */
const mostOrigins = 50;

const httpsUrl = /^https:\/\/[^\s/:@?#]+(:443)?(\/[^\s?#]*)?$/;

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const retentionDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html */
const maxAcu = 256;

export type Config = ReturnType<typeof parse>;

/**
 * All that a stack says, checked and frozen, by the parts it is for.
 * @param given the keys that the stack sets: one that is mistyped would leave the default in force
 * @throws ConfigError naming everything that is wrong
 */
export function readConfig(
  catalogue: readonly Service[],
  lookup: Lookup,
  name: StackName,
  given: readonly string[] = [],
): Config {
  const reading = new Reading(lookup);
  const config = parse(reading);
  for (const key of given.filter((key) => key.startsWith('clinic:') && !reading.knows(key)))
    reading.fault(key, 'is no key of this program');
  checkTogether(config, reading);
  checkIdentity(config, reading);
  checkName(name, reading);
  checkCatalogue(catalogue, config, reading);
  if (reading.faults.length > 0) throw new ConfigError(`configuration: ${reading.faults.join('; ')}`);
  for (const part of Object.values(config)) Object.freeze(part);
  return Object.freeze(config);
}

function parse(reading: Reading) {
  const logRetentionDays = reading.number('clinic:logRetentionDays', 1, 3653);
  const deletionProtection = reading.flag('clinic:deletionProtection');
  return {
    region: reading.text('aws:region', /^[a-z]{2,3}(-[a-z]+)+-\d$/, 'a region such as eu-central-1'),
    network: {
      zones: reading.number('clinic:zones', 2, 3),
      natGateways: reading.oneOf('clinic:natGateways', ['Single', 'OnePerAz']),
      interfaceEndpoints: reading.flag('clinic:interfaceEndpoints'),
      flowLogs: reading.flag('clinic:flowLogs'),
      logRetentionDays,
    },
    ingress: {
      domain: reading.optional('clinic:domain', /^([a-z0-9-]+\.)+[a-z]{2,}$/, 'a host name in lower case'),
      hostedZoneId: reading.optional('clinic:hostedZoneId', /^Z[A-Z0-9]+$/, 'the id of a hosted zone'),
      accessLogs: reading.flag('clinic:accessLogs'),
      waf: reading.flag('clinic:waf'),
      logRetentionDays,
      deletionProtection,
    },
    service: {
      imagePlatform: reading.oneOf('clinic:imagePlatform', ['linux/amd64', 'linux/arm64']),
      taskCpu: reading.number('clinic:taskCpu', 256, 4096),
      taskMemoryMiB: reading.number('clinic:taskMemoryMiB', 512, 30_720),
      minTasks: reading.number('clinic:minTasks', 1, 1000),
      maxTasks: reading.number('clinic:maxTasks', 1, 1000),
      ecsExec: reading.flag('clinic:ecsExec'),
      // Tasks are let out on 443 alone.
      otlpEndpoint: reading.optional('clinic:otlpEndpoint', httpsUrl, 'an https URL on port 443'),
      corsOrigins: reading.texts('clinic:corsOrigins'),
      rateLimitPerMinute: reading.number('clinic:rateLimitPerMinute', 1, 1_000_000_000),
      logRetentionDays,
      // A repository that still holds images is deleted with its stack only where nothing is kept.
      keepImages: deletionProtection,
    },
    identity: {
      issuer: reading.optional('clinic:oidcIssuer', httpsUrl, 'an https URL on port 443'),
      audience: reading.optional('clinic:oidcAudience', /\S/, 'a text'),
      clientIds: reading.texts('clinic:oidcClientIds'),
      appCallbackUrls: reading.texts('clinic:appCallbackUrls'),
      logRetentionDays,
      deletionProtection,
    },
    operations: {
      alarmEmail: reading.optional('clinic:alarmEmail', /^[^\s@]+@[^\s@]+\.[^\s@]+$/, 'an e-mail address'),
      storageGiB: reading.number('clinic:alarmStorageGiB', 1, 131_072),
    },
    delivery: {
      repository: reading.optional(
        'clinic:deliveryRepository',
        /^([\w.-]+\/[\w.-]+|[\w.-]+@\d+\/[\w.-]+@\d+)$/,
        'ORG/REPO, or ORG@ID/REPO@ID where subjects are immutable',
      ),
      createProvider: reading.flag('clinic:deliveryCreateProvider'),
    },
    imageDigests: reading.entries('clinic:imageDigests'),
    database: {
      engineVersion: reading.text('clinic:databaseVersion', /^17\.\d+$/, 'a version such as 17.7'),
      minAcu: reading.number('clinic:databaseMinAcu', 0.5, maxAcu, 0.5),
      maxAcu: reading.number('clinic:databaseMaxAcu', 1, maxAcu, 0.5),
      reader: reading.flag('clinic:databaseReader'),
      backupRetentionDays: reading.number('clinic:backupRetentionDays', 1, 35),
      deletionProtection,
      finalSnapshot: reading.flag('clinic:finalSnapshot'),
    },
  };
}

/** Each value may be right by itself and wrong beside another. */
function checkTogether({ ingress, service, database }: Config, reading: Reading): void {
  if ((ingress.domain === undefined) !== (ingress.hostedZoneId === undefined))
    reading.fault(
      ingress.domain === undefined ? 'clinic:domain' : 'clinic:hostedZoneId',
      'is missing beside the other',
    );
  const sizes = fargateSizes.get(service.taskCpu);
  if (!sizes) reading.fault('clinic:taskCpu', `must be ${[...fargateSizes.keys()].join(', ')}`);
  else if (!sizes.includes(service.taskMemoryMiB))
    reading.fault('clinic:taskMemoryMiB', `must be ${sizes.join(', ')} with taskCpu ${service.taskCpu}`);
  if (service.corsOrigins.length > mostOrigins || !service.corsOrigins.every(isPageOrigin))
    reading.fault(
      'clinic:corsOrigins',
      `must name exact https origins, or loopback http ones, without a path or *, ${mostOrigins} at most`,
    );
  if (service.minTasks > service.maxTasks) reading.fault('clinic:maxTasks', 'must not be less than minTasks');
  if (database.minAcu > database.maxAcu)
    reading.fault('clinic:databaseMaxAcu', 'must not be less than databaseMinAcu');
  if (!retentionDays.includes(service.logRetentionDays))
    reading.fault('clinic:logRetentionDays', `must be one of ${retentionDays.join(', ')}`);
}

function checkName(name: StackName, reading: Reading): void {
  const fault = faultOfStackName(name);
  if (fault !== undefined) reading.fault(`stack ${name.stack}`, fault);
  // By the provider, so that they reach what awsx makes too; bills, searches and what may be changed go by them.
  const { project, stack } = reading.tags('aws:defaultTags');
  if (project !== name.project || stack !== name.stack)
    reading.fault('aws:defaultTags', `must name the tags project ${name.project} and stack ${name.stack}`);
}

function checkIdentity({ identity }: Config, reading: Reading): void {
  const { issuer, audience, clientIds, appCallbackUrls } = identity;
  const named = audience !== undefined || clientIds.length > 0;
  if (issuer !== undefined && !named)
    reading.fault('clinic:oidcAudience', 'is missing, and so is clinic:oidcClientIds; one of them is needed');
  if (issuer === undefined && named)
    reading.fault('clinic:oidcIssuer', 'is missing beside its audience or client ids');
  // Cognito has no code flow without one, and takes plain HTTP from a developer's own machine alone.
  const callback = /^(https:\/\/[^\s#]+|http:\/\/localhost[:/][^\s#]+)$/;
  if (
    issuer === undefined &&
    (appCallbackUrls.length === 0 || !appCallbackUrls.every((url) => callback.test(url)))
  )
    reading.fault('clinic:appCallbackUrls', 'must name https URLs, or http://localhost ones, at least one');
}

function checkCatalogue(catalogue: readonly Service[], { imageDigests }: Config, reading: Reading): void {
  reading.faults.push(...faultsOf(catalogue).map((fault) => `catalogue: ${fault}`));
  const priorities = catalogue.map(({ port }) => rulePriority(port));
  for (const [index, { port }] of catalogue.entries())
    if (priorities.indexOf(rulePriority(port)) !== index)
      reading.fault(`catalogue: port ${port}`, 'its listener rule would have the priority of another');
  for (const [name, digest] of imageDigests) {
    if (!catalogue.some((service) => service.name === name))
      reading.fault(`clinic:imageDigests.${name}`, 'is no service of the catalogue');
    if (!/^sha256:[0-9a-f]{64}$/.test(digest))
      reading.fault(`clinic:imageDigests.${name}`, 'must be sha256: and 64 hexadecimal digits');
  }
}

function steps(from: number, to: number, step: number): number[] {
  return Array.from({ length: (to - from) / step + 1 }, (_, index) => from + index * step);
}
