import type * as aws from '@pulumi/aws';
import type * as awsx from '@pulumi/awsx';

/**
 * The types that rules look at, by token. Types only: a pack that loaded the SDKs would take a second longer. Of an awsx
 * component the engine is given its children, each of which is looked at; under mocks there is the component alone.
 */
export interface Args {
  'aws:cloudwatch/logGroup:LogGroup': aws.cloudwatch.LogGroupArgs;
  'aws:ec2/route:Route': aws.ec2.RouteArgs;
  'aws:ec2/securityGroup:SecurityGroup': aws.ec2.SecurityGroupArgs;
  'aws:ec2/securityGroupRule:SecurityGroupRule': aws.ec2.SecurityGroupRuleArgs;
  'aws:ec2/subnet:Subnet': aws.ec2.SubnetArgs;
  'aws:ecr/repository:Repository': aws.ecr.RepositoryArgs;
  'aws:ecr/repositoryPolicy:RepositoryPolicy': aws.ecr.RepositoryPolicyArgs;
  'aws:ecs/service:Service': aws.ecs.ServiceArgs;
  'aws:ecs/taskDefinition:TaskDefinition': aws.ecs.TaskDefinitionArgs;
  'aws:iam/groupPolicy:GroupPolicy': aws.iam.GroupPolicyArgs;
  'aws:iam/policy:Policy': aws.iam.PolicyArgs;
  'aws:iam/role:Role': aws.iam.RoleArgs;
  'aws:iam/rolePolicy:RolePolicy': aws.iam.RolePolicyArgs;
  'aws:iam/rolePolicyAttachment:RolePolicyAttachment': aws.iam.RolePolicyAttachmentArgs;
  'aws:iam/userPolicy:UserPolicy': aws.iam.UserPolicyArgs;
  'aws:lb/listener:Listener': aws.lb.ListenerArgs;
  'aws:lb/listenerRule:ListenerRule': aws.lb.ListenerRuleArgs;
  'aws:lb/loadBalancer:LoadBalancer': aws.lb.LoadBalancerArgs;
  'aws:rds/cluster:Cluster': aws.rds.ClusterArgs;
  'aws:rds/clusterInstance:ClusterInstance': aws.rds.ClusterInstanceArgs;
  'aws:rds/clusterParameterGroup:ClusterParameterGroup': aws.rds.ClusterParameterGroupArgs;
  'aws:rds/instance:Instance': aws.rds.InstanceArgs;
  'aws:s3/bucket:Bucket': aws.s3.BucketArgs;
  'aws:s3/bucketAcl:BucketAcl': aws.s3.BucketAclArgs;
  'aws:s3/bucketPolicy:BucketPolicy': aws.s3.BucketPolicyArgs;
  'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock': aws.s3.BucketPublicAccessBlockArgs;
  'aws:sns/topicPolicy:TopicPolicy': aws.sns.TopicPolicyArgs;
  'aws:sqs/queuePolicy:QueuePolicy': aws.sqs.QueuePolicyArgs;
  'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule': aws.vpc.SecurityGroupIngressRuleArgs;
  'awsx:ecs:FargateService': awsx.ecs.FargateServiceArgs;
  'awsx:ecs:FargateTaskDefinition': awsx.ecs.FargateTaskDefinitionArgs;
  'awsx:lb:ApplicationLoadBalancer': awsx.lb.ApplicationLoadBalancerArgs;
  'docker:index/image:Image': { readonly imageName: string };
}
