import { allow, type Statement } from '../policy-document.ts';
import { actions, arns, inRegion, type Place } from './place.ts';

const ecr = actions(
  'ecr',
  ...['CompleteLayerUpload', 'CreateRepository', 'DeleteLifecyclePolicy', 'DeleteRepository'],
  ...['InitiateLayerUpload', 'PutImage', 'PutImageScanningConfiguration', 'PutImageTagMutability'],
  ...['PutLifecyclePolicy', 'TagResource', 'UntagResource', 'UploadLayerPart'],
);

/** What changes the services and what watches them: repositories, tasks, scaling, logs, alarms. */
export function changingServices(place: Place): Statement[] {
  const { project, scope, partition, region, accountId } = place;
  return [
    allow(ecr, ...arns(place, 'ecr', `repository/${scope}/*`)),
    // Images are copied from the stack before, which may be in another account.
    allow(
      actions('ecr', 'BatchCheckLayerAvailability', 'BatchGetImage', 'GetDownloadUrlForLayer'),
      `arn:${partition}:ecr:${region}:*:repository/${project}-*/*`,
    ),
    allow(['ecr:GetAuthorizationToken'], '*'),
    allow(
      [
        ...actions('ecs', 'CreateCluster', 'CreateService', 'DeleteCluster', 'DeleteService', 'TagResource'),
        ...actions('ecs', 'PutClusterCapacityProviders', 'UntagResource', 'UpdateCluster', 'UpdateService'),
      ],
      ...arns(place, 'ecs', `cluster/${scope}`, `service/${scope}/*`, `task-definition/${scope}-*`),
    ),
    inRegion(
      place,
      ...actions('ecs', 'DeregisterTaskDefinition', 'RegisterTaskDefinition'),
      ...actions('application-autoscaling', 'DeleteScalingPolicy', 'DeregisterScalableTarget'),
      ...actions('application-autoscaling', 'PutScalingPolicy', 'RegisterScalableTarget', 'TagResource'),
    ),
    allow(
      [
        ...actions('logs', 'CreateLogGroup', 'DeleteLogGroup', 'DeleteMetricFilter', 'PutMetricFilter'),
        ...actions('logs', 'PutRetentionPolicy', 'TagResource', 'UntagResource'),
        // The gate tells the last lines of what did not start.
        'logs:FilterLogEvents',
      ],
      ...arns(place, 'logs', `log-group:/${scope}/*`),
    ),
    allow(
      actions('cloudwatch', 'DeleteAlarms', 'PutMetricAlarm', 'TagResource', 'UntagResource'),
      ...arns(place, 'cloudwatch', `alarm:${scope}-*`),
    ),
    allow(
      actions('cloudwatch', 'DeleteDashboards', 'PutDashboard'),
      `arn:${partition}:cloudwatch::${accountId}:dashboard/${scope}`,
    ),
    allow(
      [
        ...actions('sns', 'CreateTopic', 'DeleteTopic', 'SetTopicAttributes', 'Subscribe', 'TagResource'),
        'sns:Unsubscribe',
      ],
      ...arns(place, 'sns', `${scope}-*`),
    ),
  ];
}
