import { beforeAll, describe, expect, it } from '@jest/globals';
import { all, at, one, statementsOf, waitedFor } from './testing/find.ts';
import { loadStack, type LoadedStack } from './testing/stack.ts';

let dev: LoadedStack;
let prod: LoadedStack;

beforeAll(async () => {
  dev = await loadStack('dev');
  prod = await loadStack('prod');
});

const vpc = 'awsx:ec2:Vpc';
const endpoint = 'aws:ec2/vpcEndpoint:VpcEndpoint';

describe('the network', () => {
  it('has public, private and isolated subnets', () => {
    expect(one(prod, vpc).inputs).toMatchObject({
      subnetStrategy: 'Auto',
      subnetSpecs: [{ type: 'Public' }, { type: 'Private' }, { type: 'Isolated' }],
    });
  });

  it('spans two zones behind one NAT gateway in dev, three with one each in prod', () => {
    expect(one(dev, vpc).inputs).toMatchObject({
      numberOfAvailabilityZones: 2,
      natGateways: { strategy: 'Single' },
    });
    expect(one(prod, vpc).inputs).toMatchObject({
      numberOfAvailabilityZones: 3,
      natGateways: { strategy: 'OnePerAz' },
    });
  });

  it('resolves names', () => {
    expect(one(dev, vpc).inputs).toMatchObject({ enableDnsHostnames: true, enableDnsSupport: true });
  });

  it('reaches S3, where image layers are, by a gateway endpoint', () => {
    expect(one(dev, vpc).inputs).toMatchObject({
      vpcEndpointStrategy: 'Auto',
      vpcEndpointSpecs: [{ serviceName: 'com.amazonaws.eu-central-1.s3', vpcEndpointType: 'Gateway' }],
    });
  });

  it('keeps AWS calls inside by interface endpoints where it is told to, open to the VPC on 443', async () => {
    expect(all(prod, endpoint)).toEqual([]);
    const stack = await loadStack('dev', { config: { interfaceEndpoints: true } });
    expect(all(stack, endpoint).map(({ inputs }) => inputs.serviceName)).toEqual(
      ['ecr.api', 'ecr.dkr', 'logs', 'secretsmanager'].map((name) => `com.amazonaws.eu-central-1.${name}`),
    );
    const group = one(stack, 'aws:ec2/securityGroup:SecurityGroup', 'clinic-dev-endpoints');
    for (const { inputs } of all(stack, endpoint))
      expect(inputs).toMatchObject({
        vpcEndpointType: 'Interface',
        privateDnsEnabled: true,
        subnetIds: ['subnet-private-1', 'subnet-private-2'],
        securityGroupIds: [expect.stringContaining(group.name)],
      });
    const rule = one(
      stack,
      'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule',
      'clinic-dev-endpoints',
    );
    expect(rule.inputs).toMatchObject({
      cidrIpv4: '10.0.0.0/16',
      fromPort: 443,
      toPort: 443,
      ipProtocol: 'tcp',
    });
  });
});

describe('flow logs', () => {
  it('are written in prod, to a group that keeps them as long as it says', () => {
    expect(all(dev, 'aws:ec2/flowLog:FlowLog')).toEqual([]);
    const log = one(prod, 'aws:ec2/flowLog:FlowLog');
    expect(log.inputs).toMatchObject({
      vpcId: 'vpc-clinic-prod',
      trafficType: 'ALL',
      logDestinationType: 'cloud-watch-logs',
      logDestination: 'arn:aws:logs:eu-central-1:123456789012:log-group:/clinic-prod/flow-logs',
    });
    const group = one(prod, 'aws:cloudwatch/logGroup:LogGroup', 'clinic-prod-flow-logs');
    expect(group.inputs).toMatchObject({ name: '/clinic-prod/flow-logs', retentionInDays: 365 });
  });

  it('are written by a role that may write to that group alone, once it may', () => {
    const permissions = one(prod, 'aws:iam/rolePolicy:RolePolicy', 'clinic-prod-flow-logs');
    expect(statementsOf(at(permissions, 'policy'))).toEqual([
      {
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogStreams'],
        Resource: ['arn:aws:logs:eu-central-1:123456789012:log-group:/clinic-prod/flow-logs:*'],
      },
      {
        Effect: 'Allow',
        Action: ['logs:DescribeLogGroups'],
        Resource: ['arn:aws:logs:eu-central-1:123456789012:log-group:*'],
      },
    ]);
    const role = one(prod, 'aws:iam/role:Role', 'clinic-prod-flow-logs');
    expect(statementsOf(at(role, 'assumeRolePolicy'))).toEqual([
      {
        Effect: 'Allow',
        Principal: { Service: 'vpc-flow-logs.amazonaws.com' },
        Action: ['sts:AssumeRole'],
        Condition: { StringEquals: { 'aws:SourceAccount': '123456789012' } },
      },
    ]);
    expect(waitedFor(one(prod, 'aws:ec2/flowLog:FlowLog'), 'iamRoleArn')).toContain(
      'aws:iam/rolePolicy:RolePolicy',
    );
  });
});
