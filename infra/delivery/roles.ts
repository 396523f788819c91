import { allow, type Statement } from '../policy-document.ts';
import { arns, ownerSecrets, type Place } from './place.ts';

/** Roles can be made only within the boundary, and what may be delivered can't be widened by what delivers. */
export function changingRoles(place: Place, boundaryArn: string): Statement[] {
  const { scope, partition, accountId } = place;
  const own = (name: string): string => `arn:${partition}:iam::${accountId}:role/${name}`;
  return [
    {
      ...allow(['iam:CreateRole', 'iam:PutRolePolicy', 'iam:DeleteRolePolicy'], own(`${scope}-*`)),
      Condition: { StringEquals: { 'iam:PermissionsBoundary': boundaryArn } },
    },
    allow(
      ['iam:DeleteRole', 'iam:TagRole', 'iam:UntagRole', 'iam:UpdateAssumeRolePolicy'],
      own(`${scope}-*`),
    ),
    {
      ...allow(['iam:PassRole'], own(`${scope}-*`)),
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
export function boundary(place: Place): Statement[] {
  const { scope } = place;
  return [
    allow(
      ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
      ...arns(place, 'ecr', `repository/${scope}/*`),
    ),
    allow(
      ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
      ...arns(place, 'logs', `log-group:/${scope}/*`),
    ),
    ownerSecrets(place, 'secretsmanager:GetSecretValue'),
    // A database's id is not known beforehand. From another stack's network it can't be reached.
    allow(['rds-db:connect'], ...arns(place, 'rds-db', 'dbuser:*')),
    allow(
      [
        'ecr:GetAuthorizationToken',
        'logs:DescribeLogGroups',
        ...['CreateControlChannel', 'CreateDataChannel'].map((name) => `ssmmessages:${name}`),
        ...['OpenControlChannel', 'OpenDataChannel'].map((name) => `ssmmessages:${name}`),
      ],
      '*',
    ),
  ];
}
