import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';

export interface FirewallArgs {
  readonly loadBalancerArn: pulumi.Input<string>;
}

/** In the order in which they look at a request. https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html */
const managedRules = [
  'AWSManagedRulesAmazonIpReputationList',
  'AWSManagedRulesKnownBadInputsRuleSet',
  'AWSManagedRulesCommonRuleSet',
];

/** Rules that only count: bodies of more than 8 kB are within the contract, and the services bound them at 100 kB. */
const counting: Readonly<Record<string, string>> = { AWSManagedRulesCommonRuleSet: 'SizeRestrictions_BODY' };

/** AWS WAF before a load balancer, with the rules that Amazon keeps. */
export class Firewall extends pulumi.ComponentResource {
  constructor(name: string, args: FirewallArgs, opts?: pulumi.ComponentResourceOptions) {
    super('clinic:ingress:Firewall', name, {}, opts);
    const acl = new aws.wafv2.WebAcl(
      name,
      {
        scope: 'REGIONAL',
        defaultAction: { allow: {} },
        rules: managedRules.map((rule, index) => ({
          name: rule,
          priority: index,
          overrideAction: { none: {} },
          statement: {
            managedRuleGroupStatement: {
              vendorName: 'AWS',
              name: rule,
              ruleActionOverrides: Object.entries(counting)
                .filter(([group]) => group === rule)
                .map(([, name]) => ({ name, actionToUse: { count: {} } })),
            },
          },
          visibilityConfig: visible(rule),
        })),
        visibilityConfig: visible(name),
      },
      { parent: this },
    );
    new aws.wafv2.WebAclAssociation(
      name,
      { resourceArn: args.loadBalancerArn, webAclArn: acl.arn },
      { parent: this },
    );
    this.registerOutputs();
  }
}

function visible(metricName: string): aws.types.input.wafv2.WebAclVisibilityConfig {
  return { metricName, cloudwatchMetricsEnabled: true, sampledRequestsEnabled: true };
}
