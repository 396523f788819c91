import { allow, type Statement } from '../policy-document.ts';
import { actions, arns, inRegion, keepsToItself, type Place } from './place.ts';

/** Looking on, at what the program makes and where AWS names no resource: no log lines, no secrets. */
const describing = [
  ...actions('acm', 'Describe*', 'List*'),
  ...actions('application-autoscaling', 'Describe*', 'ListTagsForResource'),
  ...actions('cloudwatch', 'Describe*', 'GetDashboard', 'List*'),
  'cognito-idp:DescribeUserPoolDomain',
  ...actions('ec2', 'Describe*'),
  ...actions('ecs', 'Describe*', 'List*'),
  ...actions('elasticloadbalancing', 'Describe*'),
  ...actions('iam', 'GetOpenIDConnectProvider', 'GetPolicy', 'GetPolicyVersion', 'GetRole', 'GetRolePolicy'),
  ...actions('iam', 'List*'),
  ...actions('logs', 'DescribeLogGroups', 'DescribeMetricFilters', 'ListTagsForResource'),
  ...actions('rds', 'Describe*', 'ListTagsForResource'),
  ...actions('route53', 'GetChange', 'GetHostedZone', 'List*'),
  ...actions('sns', 'GetSubscriptionAttributes', 'GetTopicAttributes', 'ListTagsForResource'),
  ...actions('wafv2', 'GetWebACL', 'GetWebACLForResource', 'ListTagsForResource'),
];

const buckets = actions(
  's3',
  ...['GetAccelerateConfiguration', 'GetBucketAcl', 'GetBucketCORS', 'GetBucketLocation'],
  ...['GetBucketLogging', 'GetBucketObjectLockConfiguration', 'GetBucketOwnershipControls'],
  ...['GetBucketPolicy', 'GetBucketPublicAccessBlock', 'GetBucketRequestPayment', 'GetBucketTagging'],
  ...['GetBucketVersioning', 'GetBucketWebsite', 'GetEncryptionConfiguration', 'GetLifecycleConfiguration'],
  ...['GetReplicationConfiguration', 'ListBucket'],
);

const functions = actions(
  'lambda',
  ...['GetFunction', 'GetFunctionCodeSigningConfig', 'GetFunctionConfiguration', 'GetPolicy', 'ListTags'],
  'ListVersionsByFunction',
);

/** With the clients of a pool comes the machine's secret. */
export const userPools = actions(
  'cognito-idp',
  ...['DescribeResourceServer', 'DescribeUserPool', 'DescribeUserPoolClient', 'GetUserPoolMfaConfig'],
  'ListTagsForResource',
);

/**
 * What a preview asks that refreshes nothing, with images by digest: the zones that awsx spreads subnets over, the VPC
 * that it puts a load balancer's group into, and an account's provider for GitHub.
 */
export function previewing(place: Place): Statement[] {
  return [
    inRegion(place, ...actions('ec2', 'DescribeAvailabilityZones', 'DescribeSubnets')),
    allow(actions('iam', 'GetOpenIDConnectProvider', 'ListOpenIDConnectProviders'), '*'),
    ...keepsToItself(place),
  ];
}

/** What a refresh reads: every resource of the stack. */
export function refreshing(place: Place): Statement[] {
  const { project, stack, scope, partition } = place;
  return [
    allow(describing, '*'),
    allow(
      actions('ecr', 'Describe*', 'GetLifecyclePolicy', 'GetRepositoryPolicy', 'List*'),
      ...arns(place, 'ecr', `repository/${scope}/*`),
    ),
    allow(functions, ...arns(place, 'lambda', `function:${scope}-*`)),
    allow(buckets, `arn:${partition}:s3:::${scope}-*`),
    {
      ...allow(userPools, ...arns(place, 'cognito-idp', 'userpool/*')),
      Condition: {
        StringEquals: { 'aws:ResourceTag/project': project, 'aws:ResourceTag/stack': stack },
      },
    },
    ...keepsToItself(place),
  ];
}
