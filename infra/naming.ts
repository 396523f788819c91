import { createHash } from 'node:crypto';

/** What Pulumi appends to a name it completes: a dash and seven hexadecimal digits. */
const suffixLength = 8;

/** ALB and target group names: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html */
const loadBalancingNameLength = 32;

/** Of a scope: 20 characters leave room in the tightest name with a fixed ending, that of a role (64): scope, service (24), purpose and suffix. */
const scopeLength = 20;

/** Rules of one listener are numbered from 1 to this: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html */
const lastPriority = 50_000;

/** A stack as Pulumi knows it. */
export interface StackName {
  readonly project: string;
  readonly stack: string;
}

/** The name itself when it is short enough; otherwise its beginning and what tells it from others that begin alike. */
export function fit(name: string, length: number): string {
  if (name.length <= length) return name;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 6);
  return `${name.slice(0, length - digest.length - 1).replace(/-$/, '')}-${digest}`;
}

/** Begins every name of a stack, `clinic-dev`. */
export function scopeName({ project, stack }: StackName): string {
  return `${project}-${stack}`;
}

/**
 * What is wrong with a stack's name; nothing when its scope and a dash begin no name of another stack: roles are bounded
 * by `clinic-prod-*`, which would be `clinic-prod-eu`'s names too.
 */
export function faultOfStackName(name: StackName): string | undefined {
  const longest = scopeLength - scopeName({ ...name, stack: '' }).length;
  const right = [name.project, name.stack].every((part) => /^[a-z][a-z0-9]*$/.test(part));
  return right && name.stack.length <= longest
    ? undefined
    : `the project and the stack must be called by lower-case letters and digits alone, the stack by ${longest} at most`;
}

/** Room is left for Pulumi's suffix: a group is replaced by one made before it goes, so its name can't be fixed. */
export function targetGroupName(scope: string, service: string): string {
  return fit(`${scope}-${service}`, loadBalancingNameLength - suffixLength);
}

export function repositoryName(scope: string, service: string): string {
  return `${scope}/${service}`;
}

export function logGroupName(scope: string, part: string): string {
  return `/${scope}/${part}`;
}

/**
 * A rule's place among those of its listener. It follows from the service's own port, which no other has, so that a new
 * service never moves another's rule. No two rules match one path, so the order itself means nothing.
 */
export function rulePriority(port: number): number {
  return ((port - 1) % lastPriority) + 1;
}

/** Partition of the ARNs of a region: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}
