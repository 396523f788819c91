import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { services } from '#catalogue';
import { faultsOf, membersOf } from './policy/judge.fixtures.ts';
import { all } from './testing/find.ts';
import { deliveryInvariants } from './testing/invariants-delivery.ts';
import { identityInvariants } from './testing/invariants-identity.ts';
import { invariants } from './testing/invariants.ts';
import { configOf, loadStack, root } from './testing/stack.ts';

/** What a stack of a folder, as its file has it, violates of all that holds however a stack is configured. */
async function faultsIn(folder: string, stack: string): Promise<string[]> {
  const loaded = await loadStack(stack, { folder });
  const holding = {
    ...invariants,
    ...(all(loaded, 'aws:cognito/userPool:UserPool').length > 0 && identityInvariants),
    ...(all(loaded, 'clinic:delivery:Delivery').length > 0 && deliveryInvariants(stack)),
  };
  const faults = faultsOf(membersOf(loaded)).map(({ message }) => message);
  for (const [sentence, violations] of Object.entries(holding))
    for (const violation of await violations(loaded)) faults.push(`${sentence}: ${violation}`);
  return faults;
}

describe('the configuration at the root', () => {
  const stacks = globSync('Pulumi.*.yaml', { cwd: root }).map((file) => file.split('.')[1] ?? '');

  it.each(stacks.sort())(
    'of %s is one that the program takes, and breaks no invariant and no policy',
    async (stack) => {
      expect(await faultsIn(root, stack)).toEqual([]);
    },
  );

  it.each(stacks)('of %s names no key that Pulumi.yaml does not describe', (stack) => {
    const described = Object.keys(configOf(root, 'Pulumi.yaml')).map((key) => `clinic:${key}`);
    const own = Object.keys(configOf(root, `Pulumi.${stack}.yaml`)).filter((key) =>
      key.startsWith('clinic:'),
    );
    expect(described).toEqual(expect.arrayContaining(own));
  });
});

describe('whoever deploys may set', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'clinic-stacks-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  const write = (stack: string, config: Record<string, unknown>): void => {
    const tags = { project: 'clinic', stack, team: 'desk' };
    const text = stringify({ config: { 'aws:defaultTags': { tags }, ...config } });
    writeFileSync(join(folder, `Pulumi.${stack}.yaml`), text);
  };
  const digest = `sha256:${'a'.repeat(64)}`;
  it.each<[string, string, Record<string, unknown>]>([
    [
      'another region, a domain, a repository that delivers and other sizes',
      'prod',
      {
        'aws:region': 'us-east-1',
        'clinic:domain': 'book.example.org',
        'clinic:hostedZoneId': 'Z9876543210ZYXWVUTSRQ',
        'clinic:deliveryRepository': 'an-org/a-fork',
        'clinic:deliveryCreateProvider': false,
        'clinic:zones': 2,
        'clinic:taskCpu': 1024,
        'clinic:taskMemoryMiB': 4096,
        'clinic:minTasks': 3,
        'clinic:maxTasks': 30,
        'clinic:databaseMaxAcu': '64',
        'clinic:logRetentionDays': 90,
      },
    ],
    [
      'an issuer of its own, endpoints, an architecture and images by digest',
      'dev',
      {
        'aws:region': 'ap-southeast-2',
        'clinic:deliveryRepository': 'an-org@12/a-fork@34',
        'clinic:oidcIssuer': 'https://login.example.org',
        'clinic:oidcAudience': 'clinic',
        'clinic:interfaceEndpoints': true,
        'clinic:imagePlatform': 'linux/arm64',
        'clinic:imageDigests': Object.fromEntries(services.map(({ name }) => [name, digest])),
        'clinic:accessLogs': true,
        'clinic:waf': true,
      },
    ],
  ])('%s', async (_, stack, config) => {
    write(stack, config);
    expect(await faultsIn(folder, stack)).toEqual([]);
  });

  it('nothing that a policy refuses', async () => {
    write('prod', { 'aws:region': 'eu-west-1', 'clinic:deletionProtection': false });
    expect(await faultsIn(folder, 'prod')).toContain(
      'clinic-prod: set deletionProtection to true, clinic:deletionProtection',
    );
  });
});
