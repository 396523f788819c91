import { describe, expect, it } from '@jest/globals';
import { services, type Service } from '#catalogue';
import { ConfigError, readConfig, type Config } from './config.ts';
import { configOf, root, stackValues, type LoadOptions } from './testing/stack.ts';
import { warningsOf } from './warnings.ts';

const outside = { oidcIssuer: 'https://id.clinic.example' };
const digest = `sha256:${'a'.repeat(64)}`;

function read(
  config?: LoadOptions['config'],
  catalogue: readonly Service[] = services,
  stack = 'dev',
): Config {
  const values = stackValues('dev', config);
  return readConfig(catalogue, (key) => values.get(key), { project: 'clinic', stack }, [...values.keys()]);
}

function faults(...given: Parameters<typeof read>): string {
  try {
    read(...given);
    return '';
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}

describe('the configuration of a stack', () => {
  it('is frozen, part by part', () => {
    const config = read();
    expect([config, ...Object.values(config)].every((part) => Object.isFrozen(part))).toBe(true);
  });

  it('is typed', () => {
    const config = read({ ...outside, oidcClientIds: ['one', 'two'], imageDigests: { patient: digest } });
    expect(config).toMatchObject({
      region: 'eu-central-1',
      network: { zones: 2, natGateways: 'Single', flowLogs: false },
      ingress: { domain: undefined, deletionProtection: false },
      service: { minTasks: 1, ecsExec: true },
      identity: { issuer: 'https://id.clinic.example', audience: undefined, clientIds: ['one', 'two'] },
      database: { minAcu: 0.5, maxAcu: 1 },
    });
    expect(config.imageDigests.get('patient')).toBe(digest);
  });

  it('has a type, a default and a description for each key', () => {
    for (const described of Object.values(configOf(root, 'Pulumi.yaml')))
      expect(described).toMatchObject({
        type: expect.stringMatching(/./),
        default: expect.anything(),
        description: expect.stringMatching(/^[A-Z]/),
      });
  });
});

describe('what is wrong is told', () => {
  it('all at once, by key', () => {
    expect(
      faults({ 'aws:region': undefined, zones: 7, natGateways: 'Many', waf: 'yes', appCallbackUrls: [] }),
    ).toBe(
      'configuration: aws:region: is missing; it must be a region such as eu-central-1; ' +
        'clinic:zones: must be a whole number from 2 to 3; ' +
        'clinic:natGateways: must be Single or OnePerAz; ' +
        'clinic:waf: must be false or true; ' +
        'clinic:appCallbackUrls: must name https URLs, or http://localhost ones, at least one',
    );
  });

  it.each<[string, LoadOptions['config'], string]>([
    ['a missing number', { zones: undefined }, 'clinic:zones: is missing'],
    ['one zone', { zones: 1 }, 'clinic:zones: must be'],
    ['a fraction of a zone', { zones: 2.5 }, 'clinic:zones: must be'],
    ['words for a number', { zones: 'two' }, 'clinic:zones: must be'],
    ['no way out to the issuer of tokens', { natGateways: 'None' }, 'clinic:natGateways: must be'],
    ['a domain without its zone', { domain: 'api.clinic.example' }, 'clinic:hostedZoneId: is missing'],
    ['a zone without a domain', { hostedZoneId: 'Z123' }, 'clinic:domain: is missing'],
    ['a URL for a domain', { domain: 'https://a.example', hostedZoneId: 'Z1' }, 'clinic:domain: must be'],
    ['another platform', { imagePlatform: 'linux/s390x' }, 'clinic:imagePlatform: must be'],
    ['CPU that Fargate has not', { taskCpu: 300 }, 'clinic:taskCpu: must be 256, 512'],
    [
      'memory that CPU can not have',
      { taskMemoryMiB: 4096 },
      'clinic:taskMemoryMiB: must be 512, 1024, 2048',
    ],
    ['fewer tasks at most than at least', { minTasks: 3 }, 'clinic:maxTasks: must not be less'],
    ['a third of an ACU', { databaseMinAcu: '0.3' }, 'clinic:databaseMinAcu: must be a multiple of 0.5'],
    ['less ACUs at most than at least', { databaseMinAcu: '4' }, 'clinic:databaseMaxAcu: must not be less'],
    ['no backups', { backupRetentionDays: 0 }, 'clinic:backupRetentionDays: must be'],
    ['a retention CloudWatch has not', { logRetentionDays: 8 }, 'clinic:logRetentionDays: must be one of'],
    [
      'an issuer over HTTP',
      { oidcIssuer: 'http://a.example' },
      'clinic:oidcIssuer: must be an https URL on port 443',
    ],
    ['a collector over HTTP', { otlpEndpoint: 'http://a.example' }, 'clinic:otlpEndpoint: must be an https'],
    [
      'a collector with a query',
      { otlpEndpoint: 'https://a.example/?key=1' },
      'clinic:otlpEndpoint: must be',
    ],
    ['a collector with a user', { otlpEndpoint: 'https://u@a.example' }, 'clinic:otlpEndpoint: must be'],
    ['a collector that tasks can’t reach', { otlpEndpoint: 'https://a.example:4318' }, 'on port 443'],
    ['an issuer that tasks can’t reach', { oidcIssuer: 'https://a.example:8443' }, 'https URL on port 443'],
    [
      'a key that is none',
      { deletionProtecton: false },
      'clinic:deletionProtecton: is no key of this program',
    ],
    ['the latest version, whatever it is', { databaseVersion: '17' }, 'clinic:databaseVersion: must be'],
    ['an ACU too few', { databaseMinAcu: '0' }, 'clinic:databaseMinAcu: must be a multiple of 0.5 from 0.5'],
    ['neither audience nor client', outside, 'clinic:oidcAudience: is missing'],
    ['an audience of no issuer', { oidcAudience: 'clinic' }, 'clinic:oidcIssuer: is missing'],
    ['clients of no issuer', { oidcClientIds: ['one'] }, 'clinic:oidcIssuer: is missing'],
    ['no tags', { 'aws:defaultTags': undefined }, 'must name the tags project clinic and stack dev'],
    ['a tag too few', { 'aws:defaultTags': { tags: { stack: 'dev' } } }, 'aws:defaultTags: must name'],
    [
      'the tag of another stack',
      { 'aws:defaultTags': { tags: { project: 'clinic', stack: 'prod' } } },
      'aws:defaultTags: must name the tags project clinic and stack dev',
    ],
    ['an owner without a repository', { deliveryRepository: 'org' }, 'must be ORG/REPO, or ORG@ID/REPO@ID'],
    ['the id of one of them', { deliveryRepository: 'org@1/repo' }, 'clinic:deliveryRepository: must be'],
    ['an id that is none', { deliveryRepository: 'org@a/repo@b' }, 'clinic:deliveryRepository: must be'],
    ['a name for an address', { alarmEmail: 'on-call' }, 'clinic:alarmEmail: must be an e-mail address'],
    ['a way back over HTTP', { appCallbackUrls: ['http://a.example/'] }, 'clinic:appCallbackUrls: must'],
    ...[
      ...['*', 'https://*.example', 'http://app.example', 'https://app.example/', 'https://App.example'],
      ...['https://app.example:443', 'http://localhost:80', 'https://1.2.3', 'https://app.example:99999'],
    ].map((origin): [string, Record<string, unknown>, string] => [
      `the origin ${origin}`,
      { corsOrigins: ['https://ok.example', origin] },
      'clinic:corsOrigins: must name exact https origins',
    ]),
    ['no request a minute', { rateLimitPerMinute: 0 }, 'clinic:rateLimitPerMinute: must be a whole number'],
    ['clients that are no list', { oidcClientIds: 'one' }, 'clinic:oidcClientIds: must be a list'],
    ['digests that are no object', { imageDigests: ['a'] }, 'clinic:imageDigests: must be an object'],
    ['a digest that is no text', { imageDigests: { patient: 1 } }, 'clinic:imageDigests.patient: must be'],
    [
      'a tag for a digest',
      { imageDigests: { patient: 'v1' } },
      'clinic:imageDigests.patient: must be sha256',
    ],
    [
      'the digest of no service',
      { imageDigests: { nobody: digest } },
      'clinic:imageDigests.nobody: is no service',
    ],
  ])('%s', (_, config, message) => {
    expect(faults(config)).toContain(message);
  });

  it('once for each key', () => {
    expect(faults({ taskCpu: undefined })).toBe(
      'configuration: clinic:taskCpu: is missing; it must be a whole number from 256 to 4096',
    );
  });

  it('of the name of the stack too', () => {
    expect(faults({}, services, 'prod-eu')).toContain('stack prod-eu: the project and the stack must be');
  });

  it('of the catalogue too', () => {
    const service: Service = { name: 'third', port: 1024, prefix: '/thirds', needs: [], scopes: {} };
    const sharing: Service = { name: 'fourth', port: 51_024, prefix: '/fourths', needs: [], scopes: {} };
    expect(faults({}, [service, { ...service, name: 'Third' }])).toContain(
      'catalogue: Third: not a service name',
    );
    expect(faults({}, [service, sharing])).toContain('port 51024: its listener rule would have the priority');
  });
});

describe('what should not be overlooked', () => {
  const warnings = (config?: LoadOptions['config']): string[] => warningsOf(services, read(config));

  it('is plain HTTP, without a domain', () => {
    expect(warnings()).toEqual([
      expect.stringMatching(
        /^clinic:domain is not set, so .* plain HTTP on port 80: .* Set clinic:domain and/,
      ),
    ]);
    expect(warnings({ domain: 'api.clinic.example', hostedZoneId: 'Z123' })).toEqual([]);
  });

  it('is an image that would be built in place of a delivered one', () => {
    const delivered = {
      domain: 'api.clinic.example',
      hostedZoneId: 'Z123',
      deliveryRepository: 'clinic-org/clinic',
    };
    const named = Object.fromEntries(services.map(({ name }) => [name, digest]));
    const [first = '', ...others] = Object.keys(named);
    expect(warnings(delivered)).toEqual([
      expect.stringContaining(`names no image of ${[first, ...others].join(', ')}, so \`up\` builds`),
    ]);
    expect(warnings({ ...delivered, imageDigests: { [first]: digest } })).toEqual([
      expect.stringMatching(
        new RegExp(`no image of ${others.join(', ')}, .* \`npm run infra:digests -- --stack NAME\``),
      ),
    ]);
    expect(warnings({ ...delivered, imageDigests: named })).toEqual([]);
  });
});
