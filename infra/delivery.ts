import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { changingData } from './delivery/data.ts';
import { changingNetwork, type OwnName } from './delivery/network.ts';
import { previewing, refreshing } from './delivery/reading.ts';
import { boundary, changingRoles } from './delivery/roles.ts';
import { changingServices } from './delivery/services.ts';
import { partitionOf, scopeName, type StackName } from './naming.ts';
import { policy, type Statement } from './policy-document.ts';

export interface DeliveryArgs extends StackName, OwnName {
  readonly region: string;
  readonly accountId: pulumi.Input<string>;
  /** `ORG/REPO`, or `ORG@ID/REPO@ID` where GitHub puts the ids into its subjects. */
  readonly repository: string;
  /** An account can have one provider for GitHub: false finds it. */
  readonly createProvider: boolean;
}

const host = 'token.actions.githubusercontent.com';
const audience = 'sts.amazonaws.com';

/**
 * The roles in which GitHub's workflows act on a stack, each for an environment of its own: `STACK` deploys, `drift-STACK`
 * refreshes, `preview-STACK` previews pull requests. Made by a person's first `up`; they can't change themselves.
 */
export class Delivery extends pulumi.ComponentResource {
  readonly roleArns: Readonly<Record<'deploy' | 'drift' | 'preview', pulumi.Output<string>>>;
  /** To be given to all that makes roles. */
  readonly bounds: pulumi.ResourceTransformation;

  constructor(name: string, args: DeliveryArgs, opts?: pulumi.ComponentResourceOptions) {
    super('clinic:delivery:Delivery', name, {}, opts);
    const { project, stack, region, repository } = args;
    const own = { project, stack, scope: scopeName(args), region, partition: partitionOf(region) };
    const place = pulumi.output(args.accountId).apply((accountId) => ({ ...own, accountId }));
    const limit = new aws.iam.Policy(
      `${name}-boundary`,
      {
        name: `${name}-boundary`,
        policy: place.apply((known) => policy(...boundary(known))),
      },
      { parent: this },
    );
    this.bounds = ({ type, props, opts }) =>
      type === 'aws:iam/role:Role'
        ? { props: { ...props, permissionsBoundary: limit.arn }, opts }
        : undefined;
    const provider = this.#provider(name, args.createProvider);
    const role = (purpose: string, sub: string): aws.iam.Role =>
      new aws.iam.Role(
        `${name}-${purpose}`,
        { name: `${name}-${purpose}`, assumeRolePolicy: trust(provider, `repo:${repository}:${sub}`) },
        { parent: this },
      );
    const deploy = role('deploy', `environment:${stack}`);
    const drift = role('drift', `environment:drift-${stack}`);
    const preview = role('preview', `environment:preview-${stack}`);
    this.#allow(`${name}-preview`, preview, place.apply(previewing));
    for (const [purpose, reader] of Object.entries({ drift, deploy }))
      this.#allow(`${name}-${purpose}`, reader, place.apply(refreshing));
    const changing = {
      network: place.apply((known) => changingNetwork(known, args)),
      services: place.apply(changingServices),
      data: place.apply(changingData),
      roles: pulumi.all([place, limit.arn]).apply(([known, arn]) => changingRoles(known, arn)),
    };
    for (const [part, statements] of Object.entries(changing))
      this.#allow(`${name}-deploy-${part}`, deploy, statements);
    this.roleArns = { deploy: deploy.arn, drift: drift.arn, preview: preview.arn };
    this.registerOutputs({ roleArns: this.roleArns });
  }

  #provider(name: string, create: boolean): pulumi.Output<string> {
    const url = `https://${host}`;
    if (!create) return aws.iam.getOpenIdConnectProviderOutput({ url }, { parent: this }).arn;
    // Every stack of the account lets workflows in by it, so it stays when this one goes.
    const stays = { parent: this, retainOnDelete: true };
    return new aws.iam.OpenIdConnectProvider(name, { url, clientIdLists: [audience] }, stays).arn;
  }

  /** A policy of its own for each part: together they are longer than a role's own may be. */
  #allow(name: string, role: aws.iam.Role, statements: pulumi.Input<readonly Statement[]>): void {
    const granted = new aws.iam.Policy(
      name,
      { policy: pulumi.output(statements).apply((known) => policy(...known)) },
      { parent: this },
    );
    new aws.iam.RolePolicyAttachment(name, { role: role.name, policyArn: granted.arn }, { parent: this });
  }
}

/** https://docs.github.com/en/actions/reference/security/oidc#example-subject-claims */
function trust(provider: pulumi.Output<string>, subject: string): pulumi.Output<string> {
  return policy({
    Effect: 'Allow',
    Principal: { Federated: provider },
    Action: ['sts:AssumeRoleWithWebIdentity'],
    Condition: { StringEquals: { [`${host}:aud`]: audience, [`${host}:sub`]: subject } },
  });
}
