import type { runtime } from '@pulumi/pulumi';

/** What a made-up account answers when the program registers resources or asks it something. */

const accountId = '123456789012';
const region = 'eu-central-1';

export type Values = Readonly<Record<string, unknown>>;

export function isValues(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const arn = (service: string, resource: string): string =>
  `arn:aws:${service}:${region}:${accountId}:${resource}`;

const subnets = (kind: string, inputs: Values): string[] =>
  Array.from({ length: Number(inputs.numberOfAvailabilityZones) }, (_, zone) => `subnet-${kind}-${zone + 1}`);

/** What AWS, awsx or Docker add to what a resource of a type was given. An awsx component is one resource here. */
const outputs: Readonly<Record<string, (name: string, inputs: Values) => Values>> = {
  'awsx:ec2:Vpc': (name, inputs) => ({
    vpcId: `vpc-${name}`,
    publicSubnetIds: subnets('public', inputs),
    privateSubnetIds: subnets('private', inputs),
    isolatedSubnetIds: subnets('isolated', inputs),
    routes: [{ id: `route-${name}` }],
    routeTableAssociations: [{ id: `association-${name}` }],
  }),
  'awsx:lb:ApplicationLoadBalancer': (name) => ({
    loadBalancer: {
      arn: arn('elasticloadbalancing', `loadbalancer/app/${name}/1`),
      arnSuffix: `app/${name}/1`,
      dnsName: `${name}.elb.example`,
      zoneId: 'ZELB',
    },
    listeners: [{ arn: arn('elasticloadbalancing', `listener/app/${name}/1/80`) }],
  }),
  'awsx:ecs:FargateService': (name) => ({
    // Pulumi makes it a name of its own.
    service: { name: `${name}-8f7e6d5` },
    taskDefinition: { arn: arn('ecs', `task-definition/${name}:1`) },
  }),
  'aws:lb/targetGroup:TargetGroup': (name) => ({
    arn: arn('elasticloadbalancing', `targetgroup/${name}/1`),
    arnSuffix: `targetgroup/${name}/1`,
  }),
  'aws:lb/listener:Listener': (name) => ({ arn: arn('elasticloadbalancing', `listener/app/${name}/1/443`) }),
  'aws:ecr/repository:Repository': (_, { name }) => ({
    arn: arn('ecr', `repository/${String(name)}`),
    repositoryUrl: `${accountId}.dkr.ecr.${region}.amazonaws.com/${String(name)}`,
    registryId: accountId,
  }),
  'aws:cloudwatch/logGroup:LogGroup': (_, { name }) => ({ arn: arn('logs', `log-group:${String(name)}`) }),
  'aws:ecs/cluster:Cluster': (_, { name }) => ({ arn: arn('ecs', `cluster/${String(name)}`) }),
  'aws:iam/role:Role': (name) => ({ arn: `arn:aws:iam::${accountId}:role/${name}` }),
  'aws:iam/policy:Policy': (name) => ({ arn: `arn:aws:iam::${accountId}:policy/${name}` }),
  'aws:rds/subnetGroup:SubnetGroup': (name) => ({ name }),
  'aws:rds/clusterParameterGroup:ClusterParameterGroup': (name) => ({ name }),
  'aws:rds/cluster:Cluster': (name) => ({
    endpoint: `${name}.cluster.rds.example`,
    clusterResourceId: 'cluster-RESOURCE',
    masterUserSecrets: [{ secretArn: arn('secretsmanager', 'secret:owner') }],
  }),
  'aws:acm/certificate:Certificate': (_, { domainName }) => ({
    arn: arn('acm', 'certificate/1'),
    domainValidationOptions: [
      {
        domainName,
        resourceRecordName: `_proof.${String(domainName)}`,
        resourceRecordType: 'CNAME',
        resourceRecordValue: '_proof.acm.example',
      },
    ],
  }),
  'aws:route53/record:Record': (_, { name }) => ({ fqdn: name }),
  'aws:sns/topic:Topic': (name) => ({ arn: arn('sns', name) }),
  'aws:lambda/function:Function': (name) => ({ arn: arn('lambda', `function:${name}`) }),
  'aws:cognito/userPool:UserPool': (name) => ({
    arn: arn('cognito-idp', `userpool/${name}-id`),
    endpoint: `cognito-idp.${region}.amazonaws.com/${name}-id`,
  }),
  'aws:cognito/resourceServer:ResourceServer': (_, { identifier, scopes }) => ({
    scopeIdentifiers: Array.isArray(scopes)
      ? scopes.filter(isValues).map(({ scopeName }) => `${String(identifier)}/${String(scopeName)}`)
      : [],
  }),
  'aws:cognito/userPoolClient:UserPoolClient': () => ({ clientSecret: 'the-secret' }),
  'aws:s3/bucket:Bucket': (name) => ({ arn: `arn:aws:s3:::${name}` }),
  'docker:index/image:Image': (_, { imageName }) => ({
    repoDigest: `${String(imageName).replace(/:[^:/]+$/, '')}@sha256:${'d'.repeat(64)}`,
  }),
};

const answers: Readonly<Record<string, Values>> = {
  'aws:index/getCallerIdentity:getCallerIdentity': { accountId },
  'aws:iam/getOpenIdConnectProvider:getOpenIdConnectProvider': {
    arn: `arn:aws:iam::${accountId}:oidc-provider/token.actions.githubusercontent.com`,
  },
  'aws:ecr/getAuthorizationToken:getAuthorizationToken': { userName: 'AWS', password: 'token' },
};

export function created(
  { type, name }: runtime.MockResourceArgs,
  inputs: Values,
): runtime.MockResourceResult {
  const fallback = { arn: `arn:aws:mock:::${type}/${name}` };
  return { id: `${name}-id`, state: { ...fallback, ...inputs, ...outputs[type]?.(name, inputs) } };
}

/** @throws Error when the program asks what nobody thought of */
export function answer({ token }: runtime.MockCallArgs): runtime.MockCallResult {
  const known = answers[token];
  if (!known) throw new Error(`the made-up account has no answer to ${token}`);
  return known;
}
