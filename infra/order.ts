import * as pulumi from '@pulumi/pulumi';

/**
 * A value handed on only once others are known: whoever uses it is created after the resources that they come from.
 * `dependsOn` on a component of another SDK does not reach what is inside it; what it is given does.
 */
export function after<Value>(
  value: pulumi.Output<Value>,
  ...others: pulumi.Output<unknown>[]
): pulumi.Output<Value> {
  return value.apply((known) => pulumi.all(others).apply(() => known));
}

/** The one text of a list that holds exactly one. */
export function only(texts: readonly string[]): string {
  return texts.join();
}
