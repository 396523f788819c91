import * as pulumi from '@pulumi/pulumi';

/** One statement of a policy: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_statement.html */
export interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: '*' | { readonly Service: string } | { readonly Federated: pulumi.Input<string> };
  readonly Action: readonly string[];
  readonly Resource?: readonly pulumi.Input<string>[];
  readonly Condition?: Readonly<
    Record<string, Readonly<Record<string, pulumi.Input<string> | readonly string[]>>>
  >;
}

/** A policy document as AWS reads it. */
export function policy(...statements: readonly Statement[]): pulumi.Output<string> {
  return pulumi.jsonStringify({ Version: '2012-10-17', Statement: statements });
}

export function allow(actions: readonly string[], ...resources: readonly pulumi.Input<string>[]): Statement {
  return { Effect: 'Allow', Action: actions, Resource: resources };
}
