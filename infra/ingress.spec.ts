import { beforeAll, describe, expect, it } from '@jest/globals';
import { services } from '#catalogue';
import { all, at, one, statementsOf, waitedFor } from './testing/find.ts';
import { loadStack, type LoadedStack } from './testing/stack.ts';

const domain = { domain: 'api.clinic.example', hostedZoneId: 'Z123' };
let dev: LoadedStack;
let prod: LoadedStack;
let secure: LoadedStack;

beforeAll(async () => {
  dev = await loadStack('dev');
  prod = await loadStack('prod');
  secure = await loadStack('prod', { config: domain });
});

const balancer = 'awsx:lb:ApplicationLoadBalancer';
const listener = 'aws:lb/listener:Listener';
const notFound = {
  type: 'fixed-response',
  fixedResponse: {
    contentType: 'application/json',
    statusCode: '404',
    messageBody:
      '{"type":"about:blank","title":"Not Found","status":404,' +
      '"detail":"No service answers under this path.","code":"not_found"}',
  },
};

/** Port and source of each rule that lets requests in to the load balancer. */
function openings(stack: LoadedStack): unknown[] {
  return all(stack, 'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule')
    .filter((rule) => /-alb-\d+$/.test(rule.name))
    .map(({ inputs }) => [
      inputs.securityGroupId,
      inputs.fromPort,
      inputs.toPort,
      inputs.ipProtocol,
      inputs.cidrIpv4,
    ]);
}

describe('the load balancer', () => {
  it('is in the public subnets, with a security group of its own', () => {
    expect(one(dev, balancer).inputs).toMatchObject({
      subnetIds: ['subnet-public-1', 'subnet-public-2'],
      securityGroups: ['clinic-dev-alb-id'],
    });
    expect(one(dev, balancer).inputs).not.toHaveProperty('internal');
  });

  it('drops header fields that are not valid', () => {
    expect(one(dev, balancer).inputs).toMatchObject({ dropInvalidHeaderFields: true });
  });

  it('is protected from deletion in prod alone', () => {
    expect(one(dev, balancer).inputs).toMatchObject({ enableDeletionProtection: false });
    expect(one(prod, balancer).inputs).toMatchObject({ enableDeletionProtection: true });
  });

  it('is open to anyone on 80, and on 443 with a domain', () => {
    expect(openings(dev)).toEqual([['clinic-dev-alb-id', 80, 80, 'tcp', '0.0.0.0/0']]);
    expect(openings(secure)).toEqual([
      ['clinic-prod-alb-id', 443, 443, 'tcp', '0.0.0.0/0'],
      ['clinic-prod-alb-id', 80, 80, 'tcp', '0.0.0.0/0'],
    ]);
  });

  it('may speak to the services on their ports and to nobody else', () => {
    const rules = all(dev, 'aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule')
      .filter(({ inputs }) => inputs.securityGroupId === 'clinic-dev-alb-id')
      .map(({ inputs }) => [
        inputs.referencedSecurityGroupId,
        inputs.fromPort,
        inputs.toPort,
        inputs.cidrIpv4,
      ]);
    expect(rules).toHaveLength(services.length);
    expect(rules).toEqual(
      expect.arrayContaining(
        services.map(({ name, port }) => [`clinic-dev-${name}-id`, port, port, undefined]),
      ),
    );
  });
});

describe('without a domain', () => {
  it('answers a path of no service on port 80 with 404 and the problem of the local gateway', () => {
    expect(one(dev, balancer).inputs).toMatchObject({
      listener: { port: 80, protocol: 'HTTP', defaultActions: [notFound] },
    });
    expect(all(dev, listener)).toEqual([]);
  });
});

describe('with a domain', () => {
  it('redirects HTTP to HTTPS', () => {
    expect(one(secure, balancer).inputs).toMatchObject({
      listener: {
        port: 80,
        protocol: 'HTTP',
        defaultActions: [
          { type: 'redirect', redirect: { protocol: 'HTTPS', port: '443', statusCode: 'HTTP_301' } },
        ],
      },
    });
  });

  it('serves HTTPS with a certificate that is proved by DNS, and answers a path of no service there', () => {
    expect(one(secure, 'aws:acm/certificate:Certificate').inputs).toEqual({
      domainName: 'api.clinic.example',
      validationMethod: 'DNS',
    });
    expect(one(secure, 'aws:route53/record:Record', 'clinic-prod-validation').inputs).toMatchObject({
      zoneId: 'Z123',
      name: '_proof.api.clinic.example',
      type: 'CNAME',
      records: ['_proof.acm.example'],
    });
    expect(one(secure, listener).inputs).toMatchObject({
      port: 443,
      protocol: 'HTTPS',
      sslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06',
      certificateArn: 'arn:aws:acm:eu-central-1:123456789012:certificate/1',
      defaultActions: [notFound],
    });
    expect(waitedFor(one(secure, listener), 'certificateArn')).toContain(
      'aws:acm/certificateValidation:CertificateValidation',
    );
  });

  it('is found under its name', () => {
    expect(one(secure, 'aws:route53/record:Record', 'clinic-prod').inputs).toMatchObject({
      zoneId: 'Z123',
      name: 'api.clinic.example',
      type: 'A',
      aliases: [{ name: 'clinic-prod.elb.example', zoneId: 'ZELB' }],
    });
    expect(secure.outputs.url).toBe('https://api.clinic.example');
  });

  it('has the rules of the services on the HTTPS listener', () => {
    const arns = all(secure, 'aws:lb/listenerRule:ListenerRule').map(({ inputs }) => inputs.listenerArn);
    expect(new Set(arns)).toEqual(
      new Set([
        'arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener/app/clinic-prod-https/1/443',
      ]),
    );
  });
});

describe('access logs', () => {
  it('are kept in prod, in a bucket that is closed, emptied by time and written by load balancers alone', () => {
    expect(all(dev, 'aws:s3/bucket:Bucket')).toEqual([]);
    expect(one(prod, balancer).inputs).toMatchObject({
      accessLogs: { bucket: 'clinic-prod-access-logs-id', enabled: true },
    });
    expect(one(prod, 'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock').inputs).toMatchObject({
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    expect(
      one(prod, 'aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration').inputs,
    ).toMatchObject({
      rules: [{ status: 'Enabled', expiration: { days: 365 } }],
    });
    expect(statementsOf(at(one(prod, 'aws:s3/bucketPolicy:BucketPolicy'), 'policy'))).toMatchObject([
      {
        Effect: 'Allow',
        Principal: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' },
        Action: ['s3:PutObject'],
        Resource: ['arn:aws:s3:::clinic-prod-access-logs/AWSLogs/123456789012/*'],
      },
      { Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
    ]);
  });

  it('are asked for once the bucket may be written to', () => {
    expect(waitedFor(one(prod, balancer), 'accessLogs')).toContain('aws:s3/bucketPolicy:BucketPolicy');
  });
});

describe('the web application firewall', () => {
  it("stands before the load balancer in prod, with Amazon's managed rules", () => {
    expect(all(dev, 'aws:wafv2/webAcl:WebAcl')).toEqual([]);
    const group = (name: string, priority: number, ...counting: string[]): unknown => ({
      name,
      priority,
      overrideAction: { none: {} },
      statement: {
        managedRuleGroupStatement: {
          vendorName: 'AWS',
          name,
          ruleActionOverrides: counting.map((rule) => ({ name: rule, actionToUse: { count: {} } })),
        },
      },
    });
    expect(one(prod, 'aws:wafv2/webAcl:WebAcl').inputs).toMatchObject({
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      rules: [
        group('AWSManagedRulesAmazonIpReputationList', 0),
        group('AWSManagedRulesKnownBadInputsRuleSet', 1),
        // Bodies of more than 8 kB are within the contract.
        group('AWSManagedRulesCommonRuleSet', 2, 'SizeRestrictions_BODY'),
      ],
    });
    expect(one(prod, 'aws:wafv2/webAclAssociation:WebAclAssociation').inputs).toMatchObject({
      resourceArn: 'arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/clinic-prod/1',
    });
  });
});
