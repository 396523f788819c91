import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { services } from '#catalogue';
import {
  fit,
  logGroupName,
  partitionOf,
  repositoryName,
  rulePriority,
  scopeName,
  targetGroupName,
} from './naming.ts';

const serviceNames = fc.stringMatching(/^[a-z][a-z0-9]{0,11}(-[a-z0-9]{1,11})?$/);
const stackNames = fc.stringMatching(/^[A-Za-z0-9_.-]{1,100}$/).filter((name) => /[A-Za-z0-9]/.test(name));

describe('names', () => {
  it('begin with the project and the stack', () => {
    expect(scopeName('clinic', 'dev')).toBe('clinic-dev');
    expect(repositoryName('clinic-dev', 'patient')).toBe('clinic-dev/patient');
    expect(logGroupName('clinic-dev', 'patient')).toBe('/clinic-dev/patient');
    expect(targetGroupName('clinic-dev', 'patient')).toBe('clinic-dev-patient');
  });

  it('are what AWS accepts whatever the stack and the service are called', () => {
    fc.assert(
      fc.property(stackNames, serviceNames, (stack, service) => {
        const scope = scopeName('clinic', stack);
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
