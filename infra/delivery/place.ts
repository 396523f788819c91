import type { Statement } from '../policy-document.ts';

/** A stack, and what the ARNs of its own resources begin with. */
export interface Place {
  readonly project: string;
  readonly stack: string;
  readonly scope: string;
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
}

/** `ecs:DescribeServices` of `ecs` and `DescribeServices`. */
export function actions(service: string, ...names: string[]): string[] {
  return names.map((name) => `${service}:${name}`);
}

export function arns(place: Place, service: string, ...resources: string[]): string[] {
  const { partition, region, accountId } = place;
  return resources.map((resource) => `arn:${partition}:${service}:${region}:${accountId}:${resource}`);
}

/** What is known by ids of AWS' choice: the region bounds it, and the tags of another stack (`keepsToItself`). */
export function inRegion({ region }: Place, ...Action: string[]): Statement {
  return {
    Effect: 'Allow',
    Action,
    Resource: ['*'],
    Condition: { StringEquals: { 'aws:RequestedRegion': region } },
  };
}

/**
 * The secret of the owner of a stack's database: RDS names it by an id and tags it with its cluster.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/service-linked-secrets.html
 */
export function ownerSecrets(place: Place, ...Action: string[]): Statement {
  return {
    Effect: 'Allow',
    Action,
    Resource: arns(place, 'secretsmanager', 'secret:rds!cluster-*'),
    Condition: {
      ArnLike: {
        'aws:ResourceTag/aws:rds:primaryDBClusterArn': arns(place, 'rds', `cluster:${place.scope}-*`),
      },
    },
  };
}

/**
 * Names tell one stack's resources from another's; what has ids only is told apart by the tags that the provider gives to
 * all it makes. What has no such tag yet, because it is just being made, is not denied.
 */
export function keepsToItself({ project, stack }: Place): Statement[] {
  return Object.entries({ project, stack }).map(([tag, own]) => ({
    Effect: 'Deny',
    Action: ['acm:*', 'application-autoscaling:*', 'cognito-idp:*', 'ec2:*', 'ecs:*', 'wafv2:*'],
    Resource: ['*'],
    Condition: {
      StringNotEquals: { [`aws:ResourceTag/${tag}`]: own },
      Null: { [`aws:ResourceTag/${tag}`]: 'false' },
    },
  }));
}
