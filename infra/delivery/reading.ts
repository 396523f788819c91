import { allow, type Statement } from '../policy-document.ts';
import { actions } from './place.ts';

/** Looking on, at what the program makes: no log lines, no objects, no secrets. */
const reading = [
  ...actions('acm', 'Describe*', 'List*'),
  ...actions('application-autoscaling', 'Describe*', 'ListTagsForResource'),
  ...actions('cloudwatch', 'Describe*', 'GetDashboard', 'List*'),
  ...actions('cognito-idp', 'DescribeResourceServer', 'DescribeUserPool', 'DescribeUserPoolDomain'),
  ...actions('cognito-idp', 'GetUserPoolMfaConfig', 'ListTagsForResource'),
  ...actions('ec2', 'Describe*'),
  ...actions('ecr', 'Describe*', 'GetAuthorizationToken', 'GetLifecyclePolicy', 'GetRepositoryPolicy'),
  ...actions('ecr', 'BatchCheckLayerAvailability', 'BatchGetImage', 'GetDownloadUrlForLayer', 'List*'),
  ...actions('ecs', 'Describe*', 'List*'),
  ...actions('elasticloadbalancing', 'Describe*'),
  ...actions('iam', 'GetOpenIDConnectProvider', 'GetPolicy', 'GetPolicyVersion', 'GetRole', 'GetRolePolicy'),
  ...actions('iam', 'List*'),
  ...actions(
    'lambda',
    'GetFunction',
    'GetFunctionCodeSigningConfig',
    'GetFunctionConfiguration',
    'GetPolicy',
  ),
  ...actions('lambda', 'ListTags', 'ListVersionsByFunction'),
  ...actions('logs', 'DescribeLogGroups', 'DescribeMetricFilters', 'ListTagsForResource'),
  ...actions('rds', 'Describe*', 'ListTagsForResource'),
  ...actions('route53', 'GetChange', 'GetHostedZone', 'List*'),
  ...actions(
    's3',
    'GetBucketAcl',
    'GetBucketCORS',
    'GetBucketLocation',
    'GetBucketLogging',
    'GetBucketPolicy',
  ),
  ...actions('s3', 'GetBucketObjectLockConfiguration', 'GetBucketOwnershipControls'),
  ...actions('s3', 'GetBucketPublicAccessBlock', 'GetBucketRequestPayment', 'GetBucketTagging'),
  ...actions('s3', 'GetBucketVersioning', 'GetBucketWebsite', 'GetEncryptionConfiguration'),
  ...actions('s3', 'GetLifecycleConfiguration', 'ListBucket'),
  ...actions('s3', 'GetAccelerateConfiguration', 'GetReplicationConfiguration'),
  ...actions('sns', 'GetSubscriptionAttributes', 'GetTopicAttributes', 'ListTagsForResource'),
  ...actions('wafv2', 'GetWebACL', 'GetWebACLForResource', 'ListTagsForResource'),
];

export const previewing: readonly Statement[] = [allow(reading, '*')];

/** A refresh reads the clients of the user pool, and with them the machine's secret. */
export const refreshing: readonly Statement[] = [
  ...previewing,
  allow(['cognito-idp:DescribeUserPoolClient'], '*'),
];
