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

/** What changes the network and the way in: VPC, load balancer, certificate, firewall, access logs. */
export function changingNetwork(place: Place): Statement[] {
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
    allow(['route53:ChangeResourceRecordSets'], `arn:${partition}:route53:::hostedzone/*`),
    allow(
      [
        ...actions('s3', 'CreateBucket', 'DeleteBucket', 'DeleteBucketPolicy', 'PutBucket*'),
        's3:PutLifecycleConfiguration',
      ],
      `arn:${partition}:s3:::${scope}-*`,
    ),
  ];
}
