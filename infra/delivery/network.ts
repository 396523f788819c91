import { allow, type Statement } from '../policy-document.ts';
import { actions, arns, inRegion, type Place } from './place.ts';

const ec2 = actions(
  'ec2',
  ...['AllocateAddress', 'AssociateRouteTable', 'AttachInternetGateway', 'AuthorizeSecurityGroupEgress'],
  ...['AuthorizeSecurityGroupIngress', 'CreateFlowLogs', 'CreateInternetGateway', 'CreateNatGateway'],
  ...['CreateRoute', 'CreateRouteTable', 'CreateSecurityGroup', 'CreateSubnet', 'CreateTags', 'CreateVpc'],
  ...['CreateVpcEndpoint', 'DeleteFlowLogs', 'DeleteInternetGateway', 'DeleteNatGateway', 'DeleteRoute'],
  ...['DeleteRouteTable', 'DeleteSecurityGroup', 'DeleteSubnet', 'DeleteTags', 'DeleteVpc'],
  ...['DeleteVpcEndpoints', 'DetachInternetGateway', 'DisassociateAddress', 'DisassociateRouteTable'],
  ...['ModifySecurityGroupRules', 'ModifySubnetAttribute', 'ModifyVpcAttribute', 'ModifyVpcEndpoint'],
  ...['ReleaseAddress', 'ReplaceRoute', 'RevokeSecurityGroupEgress', 'RevokeSecurityGroupIngress'],
);

/** Both or neither. */
export interface OwnName {
  readonly domain: string | undefined;
  readonly hostedZoneId: string | undefined;
}

/** What changes the network and the way in: VPC, load balancer, certificate, firewall, access logs, the name. */
export function changingNetwork(place: Place, name: OwnName): Statement[] {
  const { scope, partition } = place;
  return [
    inRegion(
      place,
      ...ec2,
      ...actions('acm', 'AddTagsToCertificate', 'DeleteCertificate', 'RequestCertificate'),
      ...actions('wafv2', 'AssociateWebACL', 'DisassociateWebACL'),
    ),
    allow(
      actions('elasticloadbalancing', 'Add*', 'Create*', 'Delete*', 'Modify*', 'Remove*', 'Set*'),
      ...arns(place, 'elasticloadbalancing', `loadbalancer/app/${scope}-*`, `listener/app/${scope}-*`),
      ...arns(place, 'elasticloadbalancing', `listener-rule/app/${scope}-*`, `targetgroup/${scope}-*`),
    ),
    allow(
      actions('wafv2', 'CreateWebACL', 'DeleteWebACL', 'TagResource', 'UntagResource', 'UpdateWebACL'),
      ...arns(place, 'wafv2', `regional/webacl/${scope}-*`, 'regional/managedruleset/*'),
    ),
    ...changingRecords(place, name),
    allow(
      [
        ...actions('s3', 'CreateBucket', 'DeleteBucket', 'DeleteBucketPolicy', 'PutBucket*'),
        's3:PutLifecycleConfiguration',
      ],
      `arn:${partition}:s3:::${scope}-*`,
    ),
  ];
}

/**
 * The records of the stack's own name, its address and the proof for its certificate: a zone holds those of others too.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-conditions-route53.html
 */
function changingRecords({ partition }: Place, { domain, hostedZoneId }: OwnName): Statement[] {
  if (domain === undefined || hostedZoneId === undefined) return [];
  const names = 'route53:ChangeResourceRecordSetsNormalizedRecordNames';
  const types = 'route53:ChangeResourceRecordSetsRecordTypes';
  return [
    {
      ...allow(['route53:ChangeResourceRecordSets'], `arn:${partition}:route53:::hostedzone/${hostedZoneId}`),
      Condition: {
        // Lower-case and without a dot at the end, as domains are configured.
        'ForAllValues:StringLike': { [names]: [domain, `_*.${domain}`] },
        'ForAllValues:StringEquals': { [types]: ['A', 'CNAME'] },
        // Of no values all are so.
        Null: { [names]: 'false', [types]: 'false' },
      },
    },
  ];
}
