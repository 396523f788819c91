import * as pulumi from '@pulumi/pulumi';
import { UserPool, type UserPoolArgs } from './identity/user-pool.ts';

export interface IdentityArgs extends UserPoolArgs {
  /** Undefined: the stack has its own. */
  readonly issuer: string | undefined;
  readonly audience: string | undefined;
  readonly clientIds: readonly string[];
}

/** Whose tokens the services accept, and how to get one. */
export interface Identity {
  readonly issuer: pulumi.Output<string>;
  readonly audience: string | undefined;
  readonly acceptedClientIds: readonly pulumi.Input<string>[];
  /** Of the stack's own clients by purpose. */
  readonly clientIds: Readonly<Record<string, pulumi.Output<string>>>;
  /** Undefined with an issuer from outside, which has its own way. */
  readonly tokenCommand: pulumi.Output<string> | undefined;
}

/** The issuer that the configuration names, or a user pool of the stack's own. */
export function identityOf(
  name: string,
  args: IdentityArgs,
  opts?: pulumi.ComponentResourceOptions,
): Identity {
  const { issuer, audience, clientIds } = args;
  if (issuer !== undefined)
    return {
      issuer: pulumi.output(issuer),
      audience,
      acceptedClientIds: clientIds,
      clientIds: {},
      tokenCommand: undefined,
    };
  const pool = new UserPool(name, args, opts);
  return {
    issuer: pool.issuer,
    audience: undefined,
    acceptedClientIds: [pool.machineClientId, pool.appClientId],
    clientIds: { machine: pool.machineClientId, app: pool.appClientId },
    tokenCommand: pool.tokenCommand,
  };
}
