import type { Statement } from '../policy-document.ts';

/** What the ARNs of a stack's own resources begin with. */
export interface Place {
  readonly scope: string;
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
  readonly boundaryArn: string;
}

const read = (service: string, ...actions: string[]): string[] => actions.map((name) => `${service}:${name}`);

/** Looking on, at what the program makes: no log lines, no objects, no secrets. */
const reading = [
  ...read('acm', 'Describe*', 'List*'),
  ...read('application-autoscaling', 'Describe*', 'ListTagsForResource'),
  ...read('cloudwatch', 'Describe*', 'GetDashboard', 'List*'),
  ...read('cognito-idp', 'DescribeResourceServer', 'DescribeUserPool', 'DescribeUserPoolDomain'),
  ...read('cognito-idp', 'GetUserPoolMfaConfig', 'ListTagsForResource'),
  ...read('ec2', 'Describe*'),
  ...read('ecr', 'Describe*', 'GetAuthorizationToken', 'GetLifecyclePolicy', 'GetRepositoryPolicy'),
  ...read('ecr', 'BatchCheckLayerAvailability', 'BatchGetImage', 'GetDownloadUrlForLayer', 'List*'),
  ...read('ecs', 'Describe*', 'List*'),
  ...read('elasticloadbalancing', 'Describe*'),
  ...read(
    'iam',
    'GetOpenIDConnectProvider',
    'GetPolicy',
    'GetPolicyVersion',
    'GetRole',
    'GetRolePolicy',
    'List*',
  ),
  ...read('lambda', 'GetFunction', 'GetFunctionCodeSigningConfig', 'GetFunctionConfiguration', 'GetPolicy'),
  ...read('lambda', 'ListTags', 'ListVersionsByFunction'),
  ...read('logs', 'DescribeLogGroups', 'DescribeMetricFilters', 'ListTagsForResource'),
  ...read('rds', 'Describe*', 'ListTagsForResource'),
  ...read('route53', 'GetChange', 'GetHostedZone', 'List*'),
  ...read('s3', 'GetBucketAcl', 'GetBucketCORS', 'GetBucketLocation', 'GetBucketLogging', 'GetBucketPolicy'),
  ...read(
    's3',
    'GetBucketObjectLockConfiguration',
    'GetBucketOwnershipControls',
    'GetBucketPublicAccessBlock',
  ),
  ...read('s3', 'GetBucketRequestPayment', 'GetBucketTagging', 'GetBucketVersioning', 'GetBucketWebsite'),
  ...read('s3', 'GetEncryptionConfiguration', 'GetLifecycleConfiguration', 'ListBucket'),
  ...read('s3', 'GetAccelerateConfiguration', 'GetReplicationConfiguration'),
  ...read('sns', 'GetSubscriptionAttributes', 'GetTopicAttributes', 'ListTagsForResource'),
  ...read('wafv2', 'GetWebACL', 'GetWebACLForResource', 'ListTagsForResource'),
];

export const previewing: readonly Statement[] = [{ Effect: 'Allow', Action: reading, Resource: ['*'] }];

/** A refresh reads the clients of the user pool, and with them the machine's secret. */
export const refreshing: readonly Statement[] = [
  ...previewing,
  { Effect: 'Allow', Action: ['cognito-idp:DescribeUserPoolClient'], Resource: ['*'] },
];

/** By a part of the program: what changes it. Where AWS knows ARNs before there are any, they begin with the stack's name. */
export function changing(place: Place): Readonly<Record<string, readonly Statement[]>> {
  const { scope, partition, region, accountId } = place;
  const arn = (service: string, ...resources: string[]): string[] =>
    resources.map((resource) => `arn:${partition}:${service}:${region}:${accountId}:${resource}`);
  const allow = (Action: string[], Resource: string[]): Statement => ({ Effect: 'Allow', Action, Resource });
  // Their ids are AWS' choice, so a region is all that bounds these.
  const inRegion = (Action: string[]): Statement => ({
    ...allow(Action, ['*']),
    Condition: { StringEquals: { 'aws:RequestedRegion': region } },
  });
  return {
    network: [
      inRegion([
        ...read('ec2', 'AllocateAddress', 'AssociateRouteTable', 'AttachInternetGateway'),
        ...read('ec2', 'AuthorizeSecurityGroupEgress', 'AuthorizeSecurityGroupIngress', 'CreateFlowLogs'),
        ...read('ec2', 'CreateInternetGateway', 'CreateNatGateway', 'CreateRoute', 'CreateRouteTable'),
        ...read('ec2', 'CreateSecurityGroup', 'CreateSubnet', 'CreateTags', 'CreateVpc', 'CreateVpcEndpoint'),
        ...read('ec2', 'DeleteFlowLogs', 'DeleteInternetGateway', 'DeleteNatGateway', 'DeleteRoute'),
        ...read('ec2', 'DeleteRouteTable', 'DeleteSecurityGroup', 'DeleteSubnet', 'DeleteTags', 'DeleteVpc'),
        ...read('ec2', 'DeleteVpcEndpoints', 'DetachInternetGateway', 'DisassociateAddress'),
        ...read('ec2', 'DisassociateRouteTable', 'ModifySecurityGroupRules', 'ModifySubnetAttribute'),
        ...read('ec2', 'ModifyVpcAttribute', 'ModifyVpcEndpoint', 'ReleaseAddress', 'ReplaceRoute'),
        ...read('ec2', 'RevokeSecurityGroupEgress', 'RevokeSecurityGroupIngress'),
        ...read('acm', 'AddTagsToCertificate', 'DeleteCertificate', 'RequestCertificate'),
        ...read('wafv2', 'AssociateWebACL', 'DisassociateWebACL'),
      ]),
      allow(
        read('elasticloadbalancing', 'Add*', 'Create*', 'Delete*', 'Modify*', 'Remove*', 'Set*'),
        arn(
          'elasticloadbalancing',
          `loadbalancer/app/${scope}-*`,
          `listener/app/${scope}-*`,
          `listener-rule/app/${scope}-*`,
          `targetgroup/${scope}-*`,
        ),
      ),
      allow(
        read('wafv2', 'CreateWebACL', 'DeleteWebACL', 'TagResource', 'UntagResource', 'UpdateWebACL'),
        arn('wafv2', `regional/webacl/${scope}-*`, 'regional/managedruleset/*'),
      ),
      allow(['route53:ChangeResourceRecordSets'], [`arn:${partition}:route53:::hostedzone/*`]),
      allow(
        [
          's3:CreateBucket',
          's3:DeleteBucket',
          's3:DeleteBucketPolicy',
          's3:PutBucket*',
          's3:PutLifecycleConfiguration',
        ],
        [`arn:${partition}:s3:::${scope}-*`],
      ),
    ],
    services: [
      allow(
        read(
          'ecr',
          'CompleteLayerUpload',
          'CreateRepository',
          'DeleteLifecyclePolicy',
          'DeleteRepository',
        ).concat(
          read('ecr', 'InitiateLayerUpload', 'PutImage', 'PutImageScanningConfiguration'),
          read(
            'ecr',
            'PutImageTagMutability',
            'PutLifecyclePolicy',
            'TagResource',
            'UntagResource',
            'UploadLayerPart',
          ),
        ),
        arn('ecr', `repository/${scope}/*`),
      ),
      allow(
        read('ecs', 'CreateCluster', 'CreateService', 'DeleteCluster', 'DeleteService', 'TagResource').concat(
          read('ecs', 'PutClusterCapacityProviders', 'UntagResource', 'UpdateCluster', 'UpdateService'),
        ),
        arn('ecs', `cluster/${scope}`, `service/${scope}/*`, `task-definition/${scope}-*`),
      ),
      inRegion([
        ...read('ecs', 'DeregisterTaskDefinition', 'RegisterTaskDefinition'),
        ...read('application-autoscaling', 'DeleteScalingPolicy', 'DeregisterScalableTarget'),
        ...read('application-autoscaling', 'PutScalingPolicy', 'RegisterScalableTarget', 'TagResource'),
      ]),
      allow(
        read('logs', 'CreateLogGroup', 'DeleteLogGroup', 'DeleteMetricFilter', 'PutMetricFilter').concat(
          read('logs', 'PutRetentionPolicy', 'TagResource', 'UntagResource'),
          // The gate tells the last lines of what did not start.
          read('logs', 'FilterLogEvents'),
        ),
        arn('logs', `log-group:/${scope}/*`),
      ),
      allow(
        read('cloudwatch', 'DeleteAlarms', 'PutMetricAlarm', 'TagResource', 'UntagResource'),
        arn('cloudwatch', `alarm:${scope}-*`),
      ),
      allow(read('cloudwatch', 'DeleteDashboards', 'PutDashboard'), [
        `arn:${partition}:cloudwatch::${accountId}:dashboard/${scope}`,
      ]),
      allow(
        read(
          'sns',
          'CreateTopic',
          'DeleteTopic',
          'SetTopicAttributes',
          'Subscribe',
          'TagResource',
          'Unsubscribe',
        ),
        arn('sns', `${scope}-*`),
      ),
    ],
    data: [
      allow(
        read(
          'rds',
          'AddTagsToResource',
          'Create*',
          'Delete*',
          'Modify*',
          'RemoveTagsFromResource',
          'ResetDBClusterParameterGroup',
        ),
        arn('rds', `cluster:${scope}-*`, `db:${scope}-*`, `subgrp:${scope}-*`).concat(
          arn('rds', `cluster-pg:${scope}-*`, `cluster-snapshot:${scope}-*`),
        ),
      ),
      allow(
        read('secretsmanager', 'CreateSecret', 'DescribeSecret', 'RotateSecret', 'TagResource'),
        arn('secretsmanager', 'secret:rds!cluster-*'),
      ),
      allow(
        read(
          'lambda',
          'AddPermission',
          'CreateFunction',
          'DeleteFunction',
          'RemovePermission',
          'TagResource',
        ).concat(read('lambda', 'UpdateFunctionCode', 'UpdateFunctionConfiguration')),
        arn('lambda', `function:${scope}-*`),
      ),
      inRegion([
        ...read('cognito-idp', 'CreateResourceServer', 'CreateUserPool', 'CreateUserPoolClient'),
        ...read('cognito-idp', 'CreateUserPoolDomain', 'DeleteResourceServer', 'DeleteUserPool'),
        ...read('cognito-idp', 'DeleteUserPoolClient', 'DeleteUserPoolDomain', 'DescribeUserPoolClient'),
        ...read('cognito-idp', 'SetUserPoolMfaConfig', 'TagResource', 'UpdateResourceServer'),
        ...read('cognito-idp', 'UpdateUserPool', 'UpdateUserPoolClient'),
      ]),
    ],
    roles: rolesOf(place),
  };
}

/** Roles can be made only within the boundary, and what may be delivered can't be widened by what delivers. */
function rolesOf({ scope, partition, accountId, boundaryArn }: Place): Statement[] {
  const own = (name: string): string => `arn:${partition}:iam::${accountId}:role/${name}`;
  return [
    {
      Effect: 'Allow',
      Action: ['iam:CreateRole', 'iam:PutRolePolicy', 'iam:DeleteRolePolicy'],
      Resource: [own(`${scope}-*`)],
      Condition: { StringEquals: { 'iam:PermissionsBoundary': boundaryArn } },
    },
    {
      Effect: 'Allow',
      Action: ['iam:DeleteRole', 'iam:TagRole', 'iam:UntagRole', 'iam:UpdateAssumeRolePolicy'],
      Resource: [own(`${scope}-*`)],
    },
    {
      Effect: 'Allow',
      Action: ['iam:PassRole'],
      Resource: [own(`${scope}-*`)],
      Condition: {
        StringEquals: {
          'iam:PassedToService': [
            'ecs-tasks.amazonaws.com',
            'lambda.amazonaws.com',
            'vpc-flow-logs.amazonaws.com',
          ],
        },
      },
    },
    {
      Effect: 'Deny',
      Action: ['iam:DeleteRole', 'iam:PassRole', 'iam:PutRolePolicy', 'iam:UpdateAssumeRolePolicy'],
      Resource: ['deploy', 'drift', 'preview'].map((name) => own(`${scope}-${name}`)),
    },
  ];
}

/** The most that a role of the stack can be allowed, whoever writes its policy. */
export function boundary({ scope, partition, region, accountId }: Omit<Place, 'boundaryArn'>): Statement[] {
  const arn = (service: string, resource: string): string =>
    `arn:${partition}:${service}:${region}:${accountId}:${resource}`;
  return [
    {
      Effect: 'Allow',
      Action: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      Resource: [arn('ecr', `repository/${scope}/*`)],
    },
    {
      Effect: 'Allow',
      Action: ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
      Resource: [arn('logs', `log-group:/${scope}/*`)],
    },
    {
      Effect: 'Allow',
      Action: ['secretsmanager:GetSecretValue'],
      Resource: [arn('secretsmanager', 'secret:rds!cluster-*')],
    },
    { Effect: 'Allow', Action: ['rds-db:connect'], Resource: [arn('rds-db', 'dbuser:*')] },
    {
      Effect: 'Allow',
      Action: [
        'ecr:GetAuthorizationToken',
        'logs:DescribeLogGroups',
        ...['CreateControlChannel', 'CreateDataChannel'].map((name) => `ssmmessages:${name}`),
        ...['OpenControlChannel', 'OpenDataChannel'].map((name) => `ssmmessages:${name}`),
      ],
      Resource: ['*'],
    },
  ];
}
