import { allow, type Statement } from '../policy-document.ts';
import { actions, arns, inRegion, ownerSecrets, type Place } from './place.ts';
import { userPools } from './reading.ts';

const changingUserPools = actions(
  'cognito-idp',
  ...['CreateResourceServer', 'CreateUserPool', 'CreateUserPoolClient', 'CreateUserPoolDomain'],
  ...['DeleteResourceServer', 'DeleteUserPool', 'DeleteUserPoolClient', 'DeleteUserPoolDomain'],
  ...['SetUserPoolMfaConfig', 'TagResource', 'UpdateResourceServer', 'UpdateUserPool'],
  'UpdateUserPoolClient',
);

/** What changes the database, and who may call: the user pool and the function that puts a claim into its tokens. */
export function changingData(place: Place): Statement[] {
  const { scope } = place;
  return [
    allow(
      [
        ...actions('rds', 'AddTagsToResource', 'Create*', 'Delete*', 'Modify*', 'RemoveTagsFromResource'),
        ...actions('rds', 'DisableHttpEndpoint', 'EnableHttpEndpoint', 'ResetDBClusterParameterGroup'),
      ],
      ...arns(place, 'rds', `cluster:${scope}-*`, `db:${scope}-*`, `subgrp:${scope}-*`),
      ...arns(place, 'rds', `cluster-pg:${scope}-*`, `cluster-snapshot:${scope}-*`),
    ),
    // A database that is given no groups has AWS' default ones, and making it is authorised on these too.
    allow(
      actions('rds', 'CreateDBCluster', 'CreateDBInstance'),
      ...arns(place, 'rds', 'og:default:*', 'pg:default.*'),
    ),
    // RDS makes the secret in the name of who makes the cluster, by AWS' own key; there are no tags to look at before.
    // https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-secrets-manager.html#rds-secrets-manager-permissions
    inRegion(place, 'kms:DescribeKey'),
    allow(
      actions('secretsmanager', 'CreateSecret', 'TagResource'),
      ...arns(place, 'secretsmanager', 'secret:rds!cluster-*'),
    ),
    ownerSecrets(place, ...actions('secretsmanager', 'DescribeSecret', 'RotateSecret')),
    allow(
      [
        ...actions('lambda', 'AddPermission', 'CreateFunction', 'DeleteFunction', 'RemovePermission'),
        ...actions('lambda', 'TagResource', 'UpdateFunctionCode', 'UpdateFunctionConfiguration'),
      ],
      ...arns(place, 'lambda', `function:${scope}-*`),
    ),
    // A pool that is just being made may not be known by its tags yet.
    inRegion(place, ...changingUserPools, ...userPools),
  ];
}
