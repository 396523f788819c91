import type {
  Policies,
  PolicyResource,
  ResourceValidationPolicy,
  StackValidationPolicy,
} from '@pulumi/policy';
import { bucketRules, bucketStackRules } from './buckets.ts';
import { containerRules } from './containers.ts';
import { databaseRules } from './database.ts';
import { imageRules } from './images.ts';
import { listenerRules, listenerStackRules } from './listeners.ts';
import { logRules } from './logs.ts';
import { networkRules } from './network.ts';
import { openingRules } from './openings.ts';
import { permissionRules } from './permissions.ts';
import { prodRules } from './prod.ts';
import type { Member, Rule, StackRule } from './rule.ts';
import { trustRules } from './trust.ts';

export const rules: readonly Rule[] = [
  ...networkRules,
  ...openingRules,
  ...listenerRules,
  ...permissionRules,
  ...trustRules,
  ...databaseRules,
  ...imageRules,
  ...containerRules,
  ...logRules,
  ...bucketRules,
  ...prodRules,
];

export const stackRules: readonly StackRule[] = [...listenerStackRules, ...bucketStackRules];

/** The rules as Pulumi runs them. */
export const policies: Policies = [...rules.map(ofResources), ...stackRules.map(ofStacks)];

function ofResources({ name, description, faults }: Rule): ResourceValidationPolicy {
  return {
    name,
    description,
    validateResource: (resource, report) => {
      for (const { message } of faults(resource)) report(message);
    },
  };
}

function ofStacks({ name, description, faultsAmong }: StackRule): StackValidationPolicy {
  return {
    name,
    description,
    validateStack: ({ resources }, report) => {
      for (const { message, urn } of faultsAmong(resources.map(memberOf))) report(message, urn);
    },
  };
}

function memberOf({ type, name, urn, props, propertyDependencies }: PolicyResource): Member {
  const needs = Object.entries(propertyDependencies).map(
    ([input, resources]) => [input, resources.map((resource) => resource.urn)] as const,
  );
  return { type, name, urn, props, needs: Object.fromEntries(needs) };
}
