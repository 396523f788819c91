import * as aws from '@pulumi/aws';
import * as awsx from '@pulumi/awsx';
import * as pulumi from '@pulumi/pulumi';
import { AccessLogs } from './access-logs.ts';
import { Certificate } from './certificate.ts';
import { Firewall } from './firewall.ts';
import { only } from './order.ts';

export interface IngressArgs {
  readonly vpcId: pulumi.Input<string>;
  readonly subnetIds: pulumi.Input<string[]>;
  readonly accountId: pulumi.Input<string>;
  /** Both or neither: HTTPS under this name, and HTTP redirected to it. */
  readonly domain: string | undefined;
  readonly hostedZoneId: string | undefined;
  readonly accessLogs: boolean;
  readonly waf: boolean;
  readonly deletionProtection: boolean;
  readonly logRetentionDays: pulumi.Input<number>;
}

/** The answer on a path of no service: that of the local gateway. A fixed response can't be typed problem+json. */
const noService: aws.types.input.lb.ListenerDefaultAction = {
  type: 'fixed-response',
  fixedResponse: {
    contentType: 'application/json',
    statusCode: '404',
    messageBody: JSON.stringify({
      type: 'about:blank',
      title: 'Not Found',
      status: 404,
      detail: 'No service answers under this path.',
      code: 'not_found',
    }),
  },
};

const toHttps: aws.types.input.lb.ListenerDefaultAction = {
  type: 'redirect',
  redirect: { protocol: 'HTTPS', port: '443', statusCode: 'HTTP_301' },
};

/** TLS 1.2 and 1.3: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html */
const tlsPolicy = 'ELBSecurityPolicy-TLS13-1-2-2021-06';

/** The one way in: an internet-facing load balancer. Services add their rules to its listener. */
export class Ingress extends pulumi.ComponentResource {
  readonly url: pulumi.Output<string>;
  readonly dnsName: pulumi.Output<string>;
  /** Of the listener that has the rules of the services. */
  readonly listenerArn: pulumi.Output<string>;
  readonly loadBalancerArnSuffix: pulumi.Output<string>;
  readonly securityGroupId: pulumi.Output<string>;

  constructor(name: string, args: IngressArgs, opts?: pulumi.ComponentResourceOptions) {
    super('clinic:ingress:Ingress', name, {}, opts);
    const { domain, hostedZoneId } = args;
    const secure = domain !== undefined && hostedZoneId !== undefined;
    this.securityGroupId = this.#openTo(name, args.vpcId, secure ? [80, 443] : [80]);
    const logs = args.accessLogs
      ? new AccessLogs(
          name,
          {
            accountId: args.accountId,
            retentionDays: args.logRetentionDays,
            keep: args.deletionProtection,
          },
          { parent: this },
        )
      : undefined;
    const balancer = new awsx.lb.ApplicationLoadBalancer(
      name,
      {
        subnetIds: args.subnetIds,
        securityGroups: [this.securityGroupId],
        listener: { port: 80, protocol: 'HTTP', defaultActions: [secure ? toHttps : noService] },
        dropInvalidHeaderFields: true,
        enableDeletionProtection: args.deletionProtection,
        ...(logs && { accessLogs: { bucket: logs.bucket, enabled: true } }),
      },
      { parent: this },
    );
    const { arn, arnSuffix, dnsName, zoneId } = balancer.loadBalancer;
    if (args.waf) new Firewall(name, { loadBalancerArn: arn }, { parent: this });
    this.dnsName = dnsName;
    this.loadBalancerArnSuffix = arnSuffix;
    if (secure) {
      this.listenerArn = this.#listenSecurely(name, arn, domain, hostedZoneId);
      const alias = new aws.route53.Record(
        name,
        {
          zoneId: hostedZoneId,
          name: domain,
          type: 'A',
          aliases: [{ name: dnsName, zoneId, evaluateTargetHealth: true }],
        },
        { parent: this },
      );
      this.url = pulumi.interpolate`https://${alias.name}`;
    } else {
      this.listenerArn = balancer.listeners
        .apply((listeners) => pulumi.all((listeners ?? []).map((listener) => listener.arn)))
        .apply(only);
      this.url = pulumi.interpolate`http://${dnsName}`;
    }
    this.registerOutputs({ url: this.url, dnsName: this.dnsName });
  }

  /** A group that anyone may reach at some ports; what it may reach itself, each service adds. */
  #openTo(name: string, vpcId: pulumi.Input<string>, ports: readonly number[]): pulumi.Output<string> {
    const group = new aws.ec2.SecurityGroup(
      `${name}-alb`,
      { vpcId, description: 'Load balancer, open to the internet' },
      { parent: this },
    );
    for (const port of ports)
      new aws.vpc.SecurityGroupIngressRule(
        `${name}-alb-${port}`,
        {
          securityGroupId: group.id,
          description: 'Anyone',
          cidrIpv4: '0.0.0.0/0',
          ipProtocol: 'tcp',
          fromPort: port,
          toPort: port,
        },
        { parent: this },
      );
    return group.id;
  }

  #listenSecurely(
    name: string,
    loadBalancerArn: pulumi.Input<string>,
    domain: string,
    hostedZoneId: string,
  ): pulumi.Output<string> {
    const certificate = new Certificate(name, { domain, hostedZoneId }, { parent: this });
    const listener = new aws.lb.Listener(
      `${name}-https`,
      {
        loadBalancerArn,
        port: 443,
        protocol: 'HTTPS',
        sslPolicy: tlsPolicy,
        certificateArn: certificate.arn,
        defaultActions: [noService],
      },
      { parent: this },
    );
    return listener.arn;
  }
}
