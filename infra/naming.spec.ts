import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { services } from '#catalogue';
import {
  faultOfStackName,
  fit,
  logGroupName,
  partitionOf,
  repositoryName,
  rulePriority,
  scopeName,
  targetGroupName,
} from './naming.ts';

const serviceNames = fc.stringMatching(/^[a-z][a-z0-9]{0,11}(-[a-z0-9]{1,11})?$/);
const stackNames = fc.stringMatching(/^[a-z][a-z0-9]{0,12}$/);

describe('names', () => {
  it('begin with the project and the stack', () => {
    expect(scopeName({ project: 'clinic', stack: 'dev' })).toBe('clinic-dev');
    expect(repositoryName('clinic-dev', 'patient')).toBe('clinic-dev/patient');
    expect(logGroupName('clinic-dev', 'patient')).toBe('/clinic-dev/patient');
    expect(targetGroupName('clinic-dev', 'patient')).toBe('clinic-dev-patient');
  });

  it('are what AWS accepts whatever the stack and the service are called', () => {
    fc.assert(
      fc.property(stackNames, serviceNames, (stack, service) => {
        const scope = scopeName({ project: 'clinic', stack });
        expect(scope).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
        // Load balancers and target groups: 32 characters, of which Pulumi adds 8.
        expect(scope.length).toBeLessThanOrEqual(24);
        expect(targetGroupName(scope, service).length).toBeLessThanOrEqual(24);
        expect(targetGroupName(scope, service)).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
        // Roles: 64.
        expect(`${scope}-${service}-execution`.length).toBeLessThanOrEqual(56);
        expect(repositoryName(scope, service)).toMatch(/^[a-z0-9-]+\/[a-z0-9-]+$/);
      }),
    );
  });

  it('that were cut alike are told apart', () => {
    const [one, other] = [fit('a'.repeat(30), 24), fit(`${'a'.repeat(29)}b`, 24)];
    expect(one).toHaveLength(24);
    expect(one).not.toBe(other);
    expect(fit('short', 24)).toBe('short');
  });
});

describe('a stack is called so that', () => {
  it("no other stack's names begin with its own", () => {
    fc.assert(
      fc.property(stackNames, stackNames, fc.stringMatching(/^[a-z0-9-]{0,20}$/), (stack, more, rest) => {
        fc.pre(stack !== more);
        for (const other of [more, `${stack}${more}`.slice(0, 13)].filter((name) => name !== stack)) {
          const [own, foreign] = [stack, other].map((name) => scopeName({ project: 'clinic', stack: name }));
          expect(faultOfStackName({ project: 'clinic', stack: other })).toBeUndefined();
          expect(`${foreign ?? ''}-${rest}`.startsWith(`${own ?? ''}-`)).toBe(false);
        }
      }),
    );
  });

  it.each(['prod-eu', 'Prod', 'prod_eu', '2prod', '', 'abcdefghijklmn'])('%p is refused', (stack) => {
    expect(faultOfStackName({ project: 'clinic', stack })).toBe(
      'the project and the stack must be called by lower-case letters and digits alone, the stack by 13 at most',
    );
  });

  it("another project's names are not its own either", () => {
    expect(faultOfStackName({ project: 'clinic-prod', stack: 'eu' })).toMatch(/the project and the stack/);
  });
});

describe('the priority of a rule', () => {
  it('is one that a listener has, for any port', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1024, max: 65535 }), (port) => {
        expect(rulePriority(port)).toBeGreaterThanOrEqual(1);
        expect(rulePriority(port)).toBeLessThanOrEqual(50_000);
      }),
    );
  });

  it('follows from the port alone', () => {
    expect(services.map(({ port }) => rulePriority(port))).toEqual(services.map(({ port }) => port));
    expect(rulePriority(50_001)).toBe(1);
  });
});

it.each([
  ['eu-central-1', 'aws'],
  ['us-gov-west-1', 'aws-us-gov'],
  ['cn-north-1', 'aws-cn'],
])('ARNs of %s are in the partition %s', (region, partition) => {
  expect(partitionOf(region)).toBe(partition);
});
